#include "access/sessions.hpp"

#include <sodium.h>

#include <algorithm>

namespace footprint::access {

namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenDigits = kTokenBytes * 2;
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kBrowserBytesMax = 300;
constexpr std::int64_t kUsedStepMs = 60'000;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Header values may hold any bytes; what is kept of them is printable.
std::string printable(const std::string& text) {
  std::string out = text.substr(0, kBrowserBytesMax);
  for (char& c : out)
    if (c < 0x20 || c > 0x7e) c = '?';
  return out;
}

constexpr const char* kDelete = "DELETE FROM sessions WHERE digest = ?1";

}  // namespace

Sessions::Sessions(SessionOptions options)
    : options_(std::move(options)),
      cookie_name_(options_.behind_tls ? "__Host-footprint_session" : "footprint_session") {
  if (!options_.clock) options_.clock = std::make_shared<SystemClock>();
}

Status Sessions::keep_in(Database& database, std::function<void(const Error&)> on_warning) {
  on_warning_ = std::move(on_warning);
  auto key = DigestKey::of(database);
  if (!key) return forward_error(key.error());
  UnixMs now_ms = options_.clock->now_ms();
  auto rows = database.write([&](Connection& connection) -> Result<std::vector<Row>> {
    if (Status done = connection.run("DELETE FROM sessions WHERE expires_at <= ?1", {now_ms});
        !done)
      return forward_error(done.error());
    return connection.rows(
        "SELECT digest, id, person, began_at, last_used_at, expires_at, address, browser, "
        "provider, provider_session FROM sessions");
  });
  if (!rows) return forward_error(rows.error());
  key_ = *key;
  database_ = &database;
  for (const Row& row : *rows) {
    Bytes kept = row.blob(0);
    Digest digest{};
    if (kept.size() != digest.size()) continue;
    std::copy(kept.begin(), kept.end(), digest.begin());
    sessions_[digest] = new_session({row.text(1),
                                     PersonId(row.text(2)),
                                     row.number(3),
                                     row.number(4),
                                     row.number(5),
                                     {row.text(6), row.text(7), row.text(8), row.text(9)}});
  }
  return {};
}

Sessions::Session Sessions::new_session(SessionEntry entry) {
  Session session;
  session.ends_ms = std::make_shared<std::atomic<UnixMs>>(entry.expires_ms);
  session.last_used_ms = std::make_shared<std::atomic<UnixMs>>(entry.last_used_ms);
  session.written_used_ms = entry.last_used_ms;
  session.entry = std::move(entry);
  return session;
}

void Sessions::write(const char* sql, std::vector<std::vector<SqlValue>> rows) const {
  if (database_ == nullptr || rows.empty()) return;
  Status done = database_->write([&](Connection& connection) -> Status {
    for (const auto& row : rows)
      if (Status ran = connection.run(sql, row); !ran) return ran;
    return {};
  });
  if (!done && on_warning_) on_warning_(done.error());
}

std::string Sessions::cookie(std::string_view value, std::int64_t max_age_s) const {
  std::string text(cookie_name_);
  text += "=" + std::string(value) +
          "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(max_age_s);
  if (options_.behind_tls) text += "; Secure";
  return text;
}

void Sessions::make_room(UnixMs now_ms) {
  std::erase_if(sessions_, [&](const auto& item) { return *item.second.ends_ms <= now_ms; });
  if (sessions_.size() < options_.sessions_max) return;
  auto first = std::min_element(
      sessions_.begin(), sessions_.end(),
      [](const auto& a, const auto& b) { return *a.second.ends_ms < *b.second.ends_ms; });
  *first->second.ends_ms = 0;
  sessions_.erase(first);
}

NewSession Sessions::create(const PersonId& person, const SessionOrigin& origin) {
  std::string token = random_hex(kTokenBytes);
  Digest digest = key_.digest_of(token);
  UnixMs now_ms = options_.clock->now_ms();
  SessionEntry entry{random_hex(kIdBytes),          person, now_ms, now_ms,
                     now_ms + options_.lifetime_ms, origin};
  entry.origin.browser = printable(origin.browser);
  write(
      "INSERT INTO sessions(digest, id, person, began_at, last_used_at, expires_at, address, "
      "browser, provider, provider_session) VALUES(?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9)",
      {{bytes_of(digest), entry.id, person.value, now_ms, entry.expires_ms, entry.origin.address,
        entry.origin.browser, entry.origin.provider, entry.origin.provider_session}});
  {
    std::lock_guard lock(mutex_);
    if (sessions_.size() >= options_.sessions_max) make_room(now_ms);
    sessions_[digest] = new_session(std::move(entry));
  }
  std::string set_cookie = cookie(token, options_.lifetime_ms / 1000);
  return {std::move(token), std::move(set_cookie)};
}

/// In memory first: from then on nobody is let in by it.
template <typename Which>
std::size_t Sessions::end_where(Which which) {
  std::vector<std::vector<SqlValue>> ended;
  {
    std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&](const auto& item) {
      if (!which(item.first, item.second.entry)) return false;
      *item.second.ends_ms = 0;
      ended.push_back({bytes_of(item.first)});
      return true;
    });
  }
  std::size_t count = ended.size();
  write(kDelete, std::move(ended));
  return count;
}

std::string Sessions::end(std::string_view token) {
  Digest digest = key_.digest_of(token);
  bool ended = false;
  {
    std::lock_guard lock(mutex_);
    if (auto found = sessions_.find(digest); found != sessions_.end()) {
      *found->second.ends_ms = 0;
      sessions_.erase(found);
      ended = true;
    }
  }
  if (ended) write(kDelete, {{bytes_of(digest)}});
  return no_cookie();
}

bool Sessions::end_one(const PersonId& person, std::string_view id) {
  return end_where([&](const Digest&, const SessionEntry& entry) {
           return entry.person == person && entry.id == id;
         }) != 0;
}

std::size_t Sessions::end_all(const PersonId& person, std::string_view but) {
  return end_where([&](const Digest&, const SessionEntry& entry) {
    return entry.person == person && entry.id != but;
  });
}

std::size_t Sessions::end_of_provider(std::string_view provider, std::string_view provider_session,
                                      const PersonId& person) {
  return end_where([&](const Digest&, const SessionEntry& entry) {
    if (entry.origin.provider != provider) return false;
    return provider_session.empty() ? entry.person == person
                                    : entry.origin.provider_session == provider_session;
  });
}

std::optional<LiveSession> Sessions::find(std::string_view token) const {
  if (token.size() != kTokenDigits) return std::nullopt;
  Digest digest = key_.digest_of(token);
  UnixMs now_ms = options_.clock->now_ms();
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(digest);
  if (found == sessions_.end() || *found->second.ends_ms <= now_ms) return std::nullopt;
  if (sodium_memcmp(found->first.data(), digest.data(), digest.size()) != 0) return std::nullopt;
  const Session& session = found->second;
  if (now_ms - *session.last_used_ms >= kUsedStepMs) *session.last_used_ms = now_ms;
  return LiveSession{session.entry.person, session.ends_ms, session.entry.id,
                     !session.entry.origin.provider.empty()};
}

std::vector<SessionEntry> Sessions::of(const PersonId& person) const {
  std::vector<SessionEntry> entries;
  UnixMs now_ms = options_.clock->now_ms();
  {
    std::lock_guard lock(mutex_);
    for (const auto& [digest, session] : sessions_) {
      if (session.entry.person != person || *session.ends_ms <= now_ms) continue;
      entries.push_back(session.entry);
      entries.back().last_used_ms = *session.last_used_ms;
    }
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(b.began_ms, b.id) < std::pair(a.began_ms, a.id);
  });
  return entries;
}

std::optional<PersonId> Sessions::identify(std::string_view token) const {
  auto session = find(token);
  return session ? std::optional(std::move(session->person)) : std::nullopt;
}

void Sessions::tidy() {
  UnixMs now_ms = options_.clock->now_ms();
  end_where([&](const Digest&, const SessionEntry& entry) { return entry.expires_ms <= now_ms; });
  std::vector<std::vector<SqlValue>> used;
  {
    std::lock_guard lock(mutex_);
    for (auto& [digest, session] : sessions_) {
      UnixMs last_ms = *session.last_used_ms;
      if (last_ms == session.written_used_ms) continue;
      session.written_used_ms = last_ms;
      used.push_back({bytes_of(digest), last_ms});
    }
  }
  write("UPDATE sessions SET last_used_at = ?2 WHERE digest = ?1", std::move(used));
}

std::string_view Sessions::token_of_cookies(std::string_view cookies) const {
  while (!cookies.empty()) {
    std::size_t end = std::min(cookies.find(';'), cookies.size());
    std::string_view pair = trimmed(cookies.substr(0, end));
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == cookie_name_)
      return pair.substr(equals + 1);
  }
  return {};
}

std::string_view Sessions::token_of_authorization(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    char c = authorization[i];
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c != kScheme[i]) return {};
  }
  return trimmed(authorization.substr(kScheme.size()));
}

std::size_t Sessions::count() const {
  std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace footprint::access
