#include "access/sessions.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"

namespace footprint::access {

namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenDigits = kTokenBytes * 2;

std::string new_token() {
  unsigned char random[kTokenBytes];
  char digits[kTokenDigits + 1];
  randombytes_buf(random, sizeof random);
  sodium_bin2hex(digits, sizeof digits, random, sizeof random);
  sodium_memzero(random, sizeof random);
  return {digits, kTokenDigits};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::size_t Sessions::DigestHash::operator()(const Digest& digest) const noexcept {
  std::size_t hash;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

Sessions::Sessions(SessionOptions options)
    : options_(std::move(options)),
      cookie_name_(options_.behind_tls ? "__Host-footprint_session" : "footprint_session") {
  FP_ASSERT(sodium_init() >= 0);
  if (!options_.clock) options_.clock = std::make_shared<SystemClock>();
  randombytes_buf(key_.data(), key_.size());
}

void Sessions::keep_in(const std::string& file, std::function<void(const Error&)> on_warning) {
  on_warning_ = std::move(on_warning);
  auto content = file_.open(file, key_, options_.clock->now_ms());
  if (!content) {
    warn(forward_error(content.error()));
    return;
  }
  key_ = content->key;
  for (const StoredSession& stored : content->sessions)
    sessions_[stored.digest] = new_session(stored);
}

Sessions::Session Sessions::new_session(const StoredSession& stored) {
  return {stored.person, std::make_shared<std::atomic<UnixMs>>(stored.expires_ms)};
}

void Sessions::warn(const Status& status) const {
  if (!status && on_warning_) on_warning_(status.error());
}

Sessions::~Sessions() {
  sodium_memzero(key_.data(), key_.size());
}

Sessions::Digest Sessions::digest_of(std::string_view token) const {
  Digest digest;
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(token.data()), token.size(),
                     key_.data(), key_.size());
  return digest;
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

NewSession Sessions::create(const PersonId& person) {
  std::string token = new_token();
  UnixMs now_ms = options_.clock->now_ms();
  {
    std::lock_guard lock(mutex_);
    if (sessions_.size() >= options_.sessions_max) make_room(now_ms);
    StoredSession stored{digest_of(token), now_ms + options_.lifetime_ms, person};
    sessions_[stored.digest] = new_session(stored);
    warn(file_.began(stored));
  }
  std::string set_cookie = cookie(token, options_.lifetime_ms / 1000);
  return {std::move(token), std::move(set_cookie)};
}

std::string Sessions::end(std::string_view token) {
  {
    std::lock_guard lock(mutex_);
    Digest digest = digest_of(token);
    if (auto found = sessions_.find(digest); found != sessions_.end()) {
      *found->second.ends_ms = 0;
      sessions_.erase(found);
      warn(file_.ended(digest));
    }
  }
  return cookie("", 0);
}

std::optional<LiveSession> Sessions::find(std::string_view token) const {
  if (token.size() != kTokenDigits) return std::nullopt;
  Digest digest = digest_of(token);
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(digest);
  if (found == sessions_.end() || *found->second.ends_ms <= options_.clock->now_ms())
    return std::nullopt;
  if (sodium_memcmp(found->first.data(), digest.data(), digest.size()) != 0) return std::nullopt;
  return LiveSession{found->second.person, found->second.ends_ms};
}

std::optional<PersonId> Sessions::identify(std::string_view token) const {
  auto session = find(token);
  return session ? std::optional(std::move(session->person)) : std::nullopt;
}

std::optional<PersonId> Sessions::identify(std::string_view authorization, std::string_view cookies,
                                           std::string_view query_token) const {
  for (std::string_view token :
       {token_of_authorization(authorization), token_of_cookies(cookies), query_token}) {
    if (auto person = identify(token)) return person;
  }
  return std::nullopt;
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
