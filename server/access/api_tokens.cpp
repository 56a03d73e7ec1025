#include "access/api_tokens.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace footprint::access {

namespace {

constexpr std::string_view kPrefix = "fp_";
constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kIdBytes = 8;
constexpr std::int64_t kUsedStepMs = 60'000;

}  // namespace

bool ApiTokens::is_one(std::string_view token) {
  return token.size() == kPrefix.size() + 2 * kTokenBytes && token.starts_with(kPrefix);
}

ApiTokens::Token ApiTokens::new_token(TokenEntry entry) {
  Token token;
  token.ends_ms = std::make_shared<std::atomic<UnixMs>>(entry.expires_ms);
  token.last_used_ms = std::make_shared<std::atomic<UnixMs>>(entry.last_used_ms);
  token.entry = std::move(entry);
  return token;
}

Result<std::unique_ptr<ApiTokens>> ApiTokens::open(Database& database,
                                                   std::shared_ptr<const Clock> clock) {
  auto key = DigestKey::of(database);
  if (!key) return forward_error(key.error());
  auto rows = database.read([](Connection& connection) {
    return connection.rows(
        "SELECT digest, id, person, name, scope, plan, created_at, last_used_at, expires_at "
        "FROM tokens");
  });
  if (!rows) return forward_error(rows.error());
  std::unique_ptr<ApiTokens> tokens(new ApiTokens(database, *key, std::move(clock)));
  for (const Row& row : *rows) {
    Bytes kept = row.blob(0);
    Digest digest{};
    if (kept.size() != digest.size()) continue;
    std::copy(kept.begin(), kept.end(), digest.begin());
    tokens->tokens_[digest] =
        new_token({row.text(1), PersonId(row.text(2)), row.text(3), row.text(4) != "write",
                   PlanId(row.text(5)), row.number(6), row.number(7), row.number(8)});
  }
  return tokens;
}

Result<ApiTokens::Made> ApiTokens::create(TokenEntry wanted) {
  if (of(wanted.person).size() >= limits::kTokensPerPersonMax)
    return fail(ErrorKind::kConflict, "token.too_many",
                "You have as many tokens as one person may have. Remove one first.");
  Made made{std::string(kPrefix) + random_hex(kTokenBytes), std::move(wanted)};
  made.entry.id = random_hex(kIdBytes);
  made.entry.created_ms = clock_->now_ms();
  made.entry.last_used_ms = 0;
  Digest digest = key_.digest_of(made.token);
  const TokenEntry& entry = made.entry;
  Status kept = database_.write([&](Connection& connection) {
    return connection.run(
        "INSERT INTO tokens(digest, id, person, name, scope, plan, created_at, last_used_at, "
        "expires_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)",
        {bytes_of(digest), entry.id, entry.person.value, entry.name,
         std::string(entry.read_only ? "read" : "write"), entry.plan.value, entry.created_ms,
         entry.expires_ms});
  });
  if (!kept) return forward_error(kept.error());
  std::lock_guard lock(mutex_);
  tokens_[digest] = new_token(entry);
  return made;
}

std::optional<LiveToken> ApiTokens::find(std::string_view token) const {
  if (!is_one(token)) return std::nullopt;
  Digest digest = key_.digest_of(token);
  UnixMs now_ms = clock_->now_ms();
  std::lock_guard lock(mutex_);
  auto found = tokens_.find(digest);
  if (found == tokens_.end() || *found->second.ends_ms <= now_ms) return std::nullopt;
  const Token& live = found->second;
  if (now_ms - *live.last_used_ms >= kUsedStepMs) *live.last_used_ms = now_ms;
  return LiveToken{live.entry.person, live.ends_ms, live.entry.id, live.entry.read_only,
                   live.entry.plan};
}

std::vector<TokenEntry> ApiTokens::of(const PersonId& person) const {
  std::vector<TokenEntry> entries;
  UnixMs now_ms = clock_->now_ms();
  {
    std::lock_guard lock(mutex_);
    for (const auto& [digest, token] : tokens_) {
      if (token.entry.person != person || *token.ends_ms <= now_ms) continue;
      entries.push_back(token.entry);
      entries.back().last_used_ms = *token.last_used_ms;
    }
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(b.created_ms, b.id) < std::pair(a.created_ms, a.id);
  });
  return entries;
}

template <typename Which>
Result<std::size_t> ApiTokens::end_where(Which which) {
  std::vector<Bytes> ended;
  {
    std::lock_guard lock(mutex_);
    std::erase_if(tokens_, [&](const auto& item) {
      if (!which(item.second.entry)) return false;
      *item.second.ends_ms = 0;
      ended.push_back(bytes_of(item.first));
      return true;
    });
  }
  if (ended.empty()) return 0;
  Status gone = database_.write([&](Connection& connection) -> Status {
    for (const Bytes& digest : ended) {
      if (Status ran = connection.run("DELETE FROM tokens WHERE digest = ?1", {digest}); !ran)
        return ran;
    }
    return {};
  });
  if (!gone) return forward_error(gone.error());
  return ended.size();
}

Result<std::size_t> ApiTokens::end(const PersonId& person, std::string_view id) {
  return end_where([&](const TokenEntry& entry) {
    return entry.person == person && (id.empty() || entry.id == id);
  });
}

Status ApiTokens::tidy() {
  UnixMs now_ms = clock_->now_ms();
  auto ended = end_where([&](const TokenEntry& entry) { return entry.expires_ms <= now_ms; });
  if (!ended) return forward_error(ended.error());
  std::vector<std::vector<SqlValue>> used;
  {
    std::lock_guard lock(mutex_);
    for (auto& [digest, token] : tokens_) {
      UnixMs last_ms = *token.last_used_ms;
      if (last_ms == token.entry.last_used_ms) continue;
      token.entry.last_used_ms = last_ms;
      used.push_back({bytes_of(digest), last_ms});
    }
  }
  if (used.empty()) return {};
  return database_.write([&](Connection& connection) -> Status {
    for (const auto& row : used) {
      Status ran = connection.run("UPDATE tokens SET last_used_at = ?2 WHERE digest = ?1", row);
      if (!ran) return ran;
    }
    return {};
  });
}

}  // namespace footprint::access
