#include "access/session_file.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

namespace footprint::access {

namespace {

constexpr const char* kMagic = "footprint-sessions";
constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

std::string hex(const SessionDigest& digest) {
  std::string digits(digest.size() * 2 + 1, '\0');
  sodium_bin2hex(digits.data(), digits.size(), digest.data(), digest.size());
  digits.pop_back();
  return digits;
}

bool parse_hex(const std::string& digits, SessionDigest& digest) {
  std::size_t length = 0;
  return digits.size() == digest.size() * 2 &&
         sodium_hex2bin(digest.data(), digest.size(), digits.data(), digits.size(), nullptr,
                        &length, nullptr) == 0 &&
         length == digest.size();
}

tl::unexpected<Error> unreadable(ErrorKind kind, const std::string& path, const std::string& why) {
  return fail(kind, "sessions.unreadable",
              "The file of sessions " + path + " cannot be used (" + why +
                  "). People have to sign in again after each restart until it is removed.");
}

std::string session_line(const StoredSession& session) {
  return "+ " + hex(session.digest) + " " + std::to_string(session.expires_ms) + " " +
         session.person.value + "\n";
}

/// The last line may be torn by a crash; then it is left out.
bool parse_line(const std::string& line, std::map<SessionDigest, StoredSession>& sessions) {
  std::istringstream words(line);
  std::string sign, digits;
  StoredSession session;
  if (!(words >> sign >> digits) || !parse_hex(digits, session.digest)) return false;
  if (sign == "-") {
    sessions.erase(session.digest);
    return true;
  }
  std::string person;
  if (sign != "+" || !(words >> session.expires_ms >> person) || !is_valid_name(person))
    return false;
  session.person = PersonId(person);
  sessions[session.digest] = session;
  return true;
}

Status write_all(int file, const std::string& path, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    ssize_t wrote = ::write(file, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return unreadable(ErrorKind::kIo, path, std::strerror(errno));
    done += static_cast<std::size_t>(wrote);
  }
  return {};
}

Status write_file(const std::string& path, int flags, const std::string& text) {
  int file = ::open(path.c_str(), flags | O_WRONLY | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (file < 0) return unreadable(ErrorKind::kIo, path, std::strerror(errno));
  Status written = write_all(file, path, text);
  ::close(file);
  return written;
}

}  // namespace

Result<SessionFile::Content> SessionFile::open(const std::string& path,
                                               const SessionDigest& fresh_key, UnixMs now_ms) {
  Content content{fresh_key, {}};
  std::map<SessionDigest, StoredSession> sessions;
  std::ifstream file(path);
  if (file) {
    std::string line, magic, version, key;
    std::getline(file, line);
    std::istringstream words(line);
    if (!(words >> magic >> version >> key) || magic != kMagic || version != "1" ||
        !parse_hex(key, content.key)) {
      return unreadable(ErrorKind::kCorrupt, path, "its first line is not one of ours");
    }
    while (std::getline(file, line)) {
      if (!parse_line(line, sessions) && !file.eof()) {
        return unreadable(ErrorKind::kCorrupt, path, "a line is malformed");
      }
    }
  }
  std::string text = std::string(kMagic) + " 1 " + hex(content.key) + "\n";
  for (const auto& [digest, session] : sessions) {
    if (session.expires_ms <= now_ms) continue;
    content.sessions.push_back(session);
    text += session_line(session);
  }
  const std::string fresh = path + ".new";
  if (Status written = write_file(fresh, O_TRUNC, text); !written)
    return forward_error(written.error());
  if (std::rename(fresh.c_str(), path.c_str()) != 0) {
    return unreadable(ErrorKind::kIo, path, std::strerror(errno));
  }
  path_ = path;
  return content;
}

Status SessionFile::began(const StoredSession& session) {
  return append_line(session_line(session));
}

Status SessionFile::ended(const SessionDigest& digest) {
  return append_line("- " + hex(digest) + "\n");
}

Status SessionFile::append_line(const std::string& line) {
  return path_.empty() ? Status{} : write_file(path_, O_APPEND, line);
}

}  // namespace footprint::access
