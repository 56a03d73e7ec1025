// Signing in with e-mail and password, the second factor, and changing either.
//
// Thread-safe and blocking: each check of a password takes 64 MiB and some tenths of a second.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/directory.hpp"
#include "access/passwords.hpp"
#include "access/secrets.hpp"
#include "access/throttle.hpp"

namespace footprint::access {

/// Why not; `retry_after_s` is set with "session.too_many".
struct SignInRefusal {
  Error error;
  std::int64_t retry_after_s = 0;
};
template <typename T>
using SignInResult = tl::expected<T, SignInRefusal>;

class SignIn {
 public:
  SignIn(Directory& directory, DigestKey key, PasswordCost cost);

  struct Attempt {
    std::string email, password;
    std::string code;     // of the second factor; empty: none given
    std::string address;  // of the client
  };
  /// The account whose e-mail, password and, where it is on, second factor these are. Errors:
  /// "session.wrong" (the same words and time whether there is an account or not),
  /// "session.code_needed", "session.code_wrong" (kUnauthenticated), "account.disabled"
  /// (kForbidden), "session.too_many" (kUnavailable).
  SignInResult<Account> check(const Attempt& attempt);

  /// Whether it is the person's password; counted like a sign-in. Errors: "account.wrong_password"
  /// (kForbidden), "account.no_password" (kConflict), "session.too_many".
  SignInResult<void> check_password(const PersonId& person, const std::string& password,
                                    const std::string& address);

  /// Errors: those of check_new_password.
  Result<std::string> hash_new(const std::string& password, const std::string& name,
                               const std::string& email) const;
  /// The same, and makes it the password of the account.
  Status set_password(const Account& account, const std::string& password);

  struct Enrolment {
    std::string secret, uri;
  };
  /// A new secret, which counts once a code of it was confirmed. Errors: "second_factor.on"
  /// (kConflict).
  Result<Enrolment> begin_second_factor(const Account& account);
  /// The recovery codes, shown this once. Errors: "second_factor.none" (kConflict: nothing was
  /// begun), "second_factor.code" (kInvalid).
  Result<std::vector<std::string>> confirm_second_factor(const Account& account,
                                                         const std::string& code);
  /// After check_password. Errors: "second_factor.off" (kConflict), "second_factor.code"
  /// (kInvalid), "session.too_many".
  SignInResult<void> end_second_factor(const Account& account, const std::string& code,
                                       const std::string& address);

 private:
  std::vector<ThrottleRule> rules(const std::string& account, const std::string& address) const;
  SignInResult<void> take(const std::vector<ThrottleRule>& rules);
  Result<bool> use_code(Connection& connection, const PersonId& person, const std::string& code);
  Result<std::string> hash_of(const PersonId& person);
  void rehash(const PersonId& person, const std::string& hash, const std::string& password);

  Directory& directory_;
  DigestKey key_;
  Passwords passwords_;
  Throttle throttle_;
};

}  // namespace footprint::access
