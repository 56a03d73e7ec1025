#include "access/sign_in.hpp"

#include <sodium.h>

#include <algorithm>

#include "access/totp.hpp"

namespace footprint::access {

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr int kRecoveryCodes = 10;
constexpr std::size_t kRecoveryBytes = 15;

SignInRefusal refuse(ErrorKind kind, std::string code, std::string message) {
  return {{kind, std::move(code), std::move(message)}, 0};
}

tl::unexpected<SignInRefusal> refused(SignInRefusal refusal) {
  return tl::unexpected<SignInRefusal>(std::move(refusal));
}

tl::unexpected<SignInRefusal> refused(const Error& error) {
  return tl::unexpected<SignInRefusal>(SignInRefusal{error, 0});
}

/// 24 characters in groups of six: 120 random bits.
std::string recovery_code() {
  std::array<std::uint8_t, kRecoveryBytes> random{};
  randombytes_buf(random.data(), random.size());
  std::string code;
  for (char c : base32(random)) {
    if (code.size() % 7 == 6) code += '-';
    code += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return code;
}

/// As typed, with or without its dashes.
std::string bare_code(std::string_view code) {
  std::string bare;
  for (char c : code) {
    if (c == '-' || c == ' ') continue;
    bare += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return bare;
}

}  // namespace

SignIn::SignIn(Directory& directory, DigestKey key, PasswordCost cost)
    : directory_(directory),
      key_(key),
      passwords_(cost),
      throttle_(std::shared_ptr<const Clock>(std::shared_ptr<void>(), &directory.clock())) {}

/// A person who mistypes waits a few minutes; who guesses from one address or from many gets
/// nowhere. Only guessers from many addresses at once can keep an account's owner out, and for no
/// longer than they go on.
std::vector<ThrottleRule> SignIn::rules(const std::string& account,
                                        const std::string& address) const {
  return {{"pair " + account + " " + address, 5, 5 * kMinuteMs},
          {"account " + account, 20, 15 * kMinuteMs},
          {"address " + address, 50, 15 * kMinuteMs}};
}

SignInResult<void> SignIn::take(const std::vector<ThrottleRule>& rules) {
  std::int64_t wait_s = throttle_.take(rules);
  if (wait_s == 0) return {};
  std::int64_t minutes = (wait_s + 59) / 60;
  return refused({{ErrorKind::kUnavailable, "session.too_many",
                   "There were too many attempts. Wait " + std::to_string(minutes) +
                       (minutes == 1 ? " minute" : " minutes") + ", then try again."},
                  wait_s});
}

SignInResult<Account> SignIn::check(const Attempt& attempt) {
  auto email = normalised_email(attempt.email);
  // Keys of bounded length, whatever was typed.
  Digest key = key_.digest_of(email ? *email : attempt.email.substr(0, 300));
  auto limits = rules(std::string(key.begin(), key.end()), attempt.address);
  if (auto taken = take(limits); !taken) return refused(taken.error());
  auto account = directory_.find_by_email(email.value_or(""));
  if (!account) return refused(account.error());
  bool known = account->has_value() && (*account)->has_password;
  auto hash = hash_of(known ? (*account)->id : PersonId());
  if (!hash) return refused(hash.error());
  bool right = passwords_.is_right(*hash, attempt.password);
  if (!known || !right)
    return refused(refuse(ErrorKind::kUnauthenticated, "session.wrong",
                          "The e-mail address or the password is wrong. Check both, or ask for a "
                          "new password."));
  if ((*account)->status != AccountStatus::kActive)
    return refused(refuse(ErrorKind::kForbidden, "account.disabled",
                          "This account has been disabled. Ask an administrator of this server."));
  if ((*account)->second_factor) {
    if (attempt.code.empty()) {
      throttle_.give_back(limits);
      return refused(refuse(ErrorKind::kUnauthenticated, "session.code_needed",
                            "Enter the code that your authenticator app shows, or one of your "
                            "recovery codes."));
    }
    auto used = directory_.database().write(
        [&](Connection& connection) { return use_code(connection, (*account)->id, attempt.code); });
    if (!used) return refused(used.error());
    if (!*used)
      return refused(refuse(ErrorKind::kUnauthenticated, "session.code_wrong",
                            "That code is wrong or was used already. Wait for the next one and "
                            "enter it."));
  }
  throttle_.give_back(limits);
  throttle_.forget(limits.front().key);
  rehash((*account)->id, *hash, attempt.password);
  if (Status noted = directory_.note_sign_in((*account)->id); !noted) return refused(noted.error());
  return std::move(**account);
}

SignInResult<void> SignIn::check_password(const PersonId& person, const std::string& password,
                                          const std::string& address) {
  auto limits = rules("person " + person.value, address);
  if (auto taken = take(limits); !taken) return taken;
  auto hash = hash_of(person);
  if (!hash) return refused(hash.error());
  if (hash->empty()) {
    throttle_.give_back(limits);
    return refused(refuse(ErrorKind::kConflict, "account.no_password",
                          "This account has no password: it signs in another way. Ask for a link "
                          "to set one first."));
  }
  if (!passwords_.is_right(*hash, password))
    return refused(refuse(ErrorKind::kForbidden, "account.wrong_password",
                          "That is not your password. Check it and try again."));
  throttle_.give_back(limits);
  return {};
}

Result<std::string> SignIn::hash_of(const PersonId& person) {
  auto rows = directory_.database().read([&](Connection& connection) {
    return connection.rows("SELECT password FROM accounts WHERE id = ?1", {person.value});
  });
  if (!rows) return forward_error(rows.error());
  return rows->empty() ? std::string() : rows->front().text(0);
}

/// A hash of former cost is made anew while the password is at hand. That it fails matters to
/// nobody: the next sign-in tries again.
void SignIn::rehash(const PersonId& person, const std::string& hash, const std::string& password) {
  if (!passwords_.is_outdated(hash)) return;
  auto fresh = passwords_.hash(password);
  if (!fresh) return;
  static_cast<void>(directory_.database().write([&](Connection& connection) {
    return connection.run("UPDATE accounts SET password = ?2 WHERE id = ?1 AND password = ?3",
                          {person.value, *fresh, hash});
  }));
}

Result<std::string> SignIn::hash_new(const std::string& password, const std::string& name,
                                     const std::string& email) const {
  if (Status good = check_new_password(password, {name, email, "footprint"}); !good)
    return forward_error(good.error());
  return passwords_.hash(password);
}

Status SignIn::set_password(const Account& account, const std::string& password) {
  auto hash = hash_new(password, account.name, account.email);
  if (!hash) return forward_error(hash.error());
  Status set = directory_.database().write([&](Connection& connection) {
    return connection.run("UPDATE accounts SET password = ?2 WHERE id = ?1 AND status <> 'erased'",
                          {account.id.value, *hash});
  });
  return set ? directory_.refresh(account.id) : set;
}

Result<bool> SignIn::use_code(Connection& connection, const PersonId& person,
                              const std::string& code) {
  std::string bare = bare_code(code);
  auto rows = connection.rows("SELECT totp_secret, totp_last_step FROM accounts WHERE id = ?1",
                              {person.value});
  if (!rows) return forward_error(rows.error());
  if (rows->empty() || rows->front().is_null(0)) return false;
  Bytes secret = rows->front().blob(0);
  auto step = totp_match(secret, bare, directory_.clock().now_ms(), rows->front().number(1));
  sodium_memzero(secret.data(), secret.size());
  if (step) {
    Status used = connection.run("UPDATE accounts SET totp_last_step = ?2 WHERE id = ?1",
                                 {person.value, *step});
    if (!used) return forward_error(used.error());
    return true;
  }
  Status used = connection.run("DELETE FROM recovery_codes WHERE account = ?1 AND digest = ?2",
                               {person.value, bytes_of(key_.digest_of(bare))});
  if (!used) return forward_error(used.error());
  return connection.changed() == 1;
}

Result<SignIn::Enrolment> SignIn::begin_second_factor(const Account& account) {
  if (account.second_factor)
    return fail(ErrorKind::kConflict, "second_factor.on",
                "The second factor is on already. Switch it off first to set it up anew.");
  Bytes secret(kTotpSecretBytes);
  randombytes_buf(secret.data(), secret.size());
  Status kept = directory_.database().write([&](Connection& connection) {
    return connection.run("UPDATE accounts SET totp_pending = ?2 WHERE id = ?1",
                          {account.id.value, secret});
  });
  if (!kept) return forward_error(kept.error());
  Enrolment enrolment{base32(secret), totp_uri(secret, account.email)};
  sodium_memzero(secret.data(), secret.size());
  return enrolment;
}

Result<std::vector<std::string>> SignIn::confirm_second_factor(const Account& account,
                                                               const std::string& code) {
  std::vector<std::string> codes(kRecoveryCodes);
  std::generate(codes.begin(), codes.end(), recovery_code);
  auto confirm = [&](Connection& connection) -> Status {
    auto rows =
        connection.rows("SELECT totp_pending FROM accounts WHERE id = ?1", {account.id.value});
    if (!rows) return forward_error(rows.error());
    if (rows->empty() || rows->front().is_null(0))
      return fail(ErrorKind::kConflict, "second_factor.none",
                  "Begin to set up the second factor first.");
    auto step = totp_match(rows->front().blob(0), bare_code(code), directory_.clock().now_ms(), 0);
    if (!step)
      return fail(ErrorKind::kInvalid, "second_factor.code",
                  "That code is wrong. Check the clock of your phone, wait for the next code and "
                  "enter it.");
    Status on = connection.run(
        "UPDATE accounts SET totp_secret = totp_pending, totp_pending = NULL, totp_last_step = ?2 "
        "WHERE id = ?1",
        {account.id.value, *step});
    if (!on) return on;
    on = connection.run("DELETE FROM recovery_codes WHERE account = ?1", {account.id.value});
    for (const std::string& each : codes) {
      if (!on) return on;
      on = connection.run("INSERT INTO recovery_codes(account, digest) VALUES(?1, ?2)",
                          {account.id.value, bytes_of(key_.digest_of(bare_code(each)))});
    }
    return on;
  };
  if (Status done = directory_.database().write(confirm); !done) return forward_error(done.error());
  if (Status known = directory_.refresh(account.id); !known) return forward_error(known.error());
  return codes;
}

SignInResult<void> SignIn::end_second_factor(const Account& account, const std::string& code,
                                             const std::string& address) {
  auto limits = rules("person " + account.id.value, address);
  if (auto taken = take(limits); !taken) return taken;
  auto end = [&](Connection& connection) -> Status {
    auto used = use_code(connection, account.id, code);
    if (!used) return forward_error(used.error());
    if (!*used)
      return fail(ErrorKind::kInvalid, "second_factor.code",
                  "That code is wrong or was used already. Wait for the next one and enter it.");
    Status off =
        connection.run("UPDATE accounts SET totp_secret = NULL, totp_pending = NULL WHERE id = ?1",
                       {account.id.value});
    if (!off) return off;
    return connection.run("DELETE FROM recovery_codes WHERE account = ?1", {account.id.value});
  };
  if (!account.second_factor) {
    throttle_.give_back(limits);
    return refused(refuse(ErrorKind::kConflict, "second_factor.off", "There is no second factor."));
  }
  if (Status ended = directory_.database().write(end); !ended) return refused(ended.error());
  throttle_.give_back(limits);
  if (Status known = directory_.refresh(account.id); !known) return refused(known.error());
  return {};
}

}  // namespace footprint::access
