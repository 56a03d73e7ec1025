// Who has an account on this server: names, e-mail addresses, and the identities that single
// sign-on knows people by. Kept in DATA/accounts.sqlite (tables.hpp).
//
// Thread-safe. Functions that give a Result block on the disk: call them on a pool for blocking
// work. known() and has_administrator() answer from memory, on any thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/sqlite.hpp"
#include "access/text.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace footprint::access {

enum class AccountStatus : std::uint8_t { kActive, kDisabled, kErased };
std::string_view status_name(AccountStatus status);

struct Account {
  PersonId id;
  std::string name;
  std::string email;  // normalised; empty: none
  bool administrator = false;
  AccountStatus status = AccountStatus::kActive;
  bool has_password = false;
  bool second_factor = false;
  UnixMs created_at_ms = 0;
  UnixMs last_sign_in_ms = 0;  // 0: never
};

/// What is held in memory of every account.
struct KnownPerson {
  std::string name;  // empty once erased
  bool administrator = false;
  bool second_factor = false;
  AccountStatus status = AccountStatus::kActive;
};

/// What a provider of single sign-on says of somebody, after its token was verified.
struct Identity {
  std::string issuer;
  std::string subject;
  std::string name;   // empty: the e-mail's local part
  std::string email;  // empty or unusable: the account has none
  /// The operator trusts this provider with its people's e-mail addresses and it says that this one
  /// is verified: an account that has it already becomes theirs. Otherwise that is refused.
  bool may_link = false;
};

struct IdentityEntry {
  std::string issuer, subject;
  UnixMs created_at_ms = 0;
};

class Directory {
 public:
  /// Errors: those of Database::open.
  static Result<std::unique_ptr<Directory>> open(const std::string& path,
                                                 std::shared_ptr<const Clock> clock);

  Result<std::optional<Account>> find(const PersonId& person);
  Result<std::optional<Account>> find_by_email(const std::string& normalised);
  /// Erased ones left out; by name.
  Result<std::vector<Account>> all();

  struct NewAccount {
    std::string name, email;    // normalised
    std::string password_hash;  // empty: none
    bool administrator = false;
  };
  /// Errors: "account.email_taken" (kConflict).
  Result<Account> create(const NewAccount& wanted);

  /// The account of issuer and subject, made when they are new here. Errors: "account.disabled"
  /// (kForbidden), "account.email_taken" (kConflict), "account.identity" (kInvalid: no issuer or
  /// subject).
  Result<Account> of_identity(const Identity& identity);
  Result<std::vector<IdentityEntry>> identities_of(const PersonId& person);

  Status rename(const PersonId& person, const std::string& normalised);
  Status note_sign_in(const PersonId& person);
  /// Errors: "account.unknown" (kNotFound), "account.last_administrator" (kConflict).
  Status set_status(const PersonId& person, AccountStatus status);
  Status set_administrator(const PersonId& person, bool administrator);
  /// Forgets name, e-mail, password, second factor, identities and links; the id stays, so that
  /// nobody else ever gets it. Errors: as set_status.
  Status erase(const PersonId& person);

  std::optional<KnownPerson> known(const PersonId& person) const;
  bool has_administrator() const;
  /// Reads one account again into memory; for whoever changes it through database().
  Status refresh(const PersonId& person);

  Database& database() { return *database_; }
  const Clock& clock() const { return *clock_; }

 private:
  Directory(std::unique_ptr<Database> database, std::shared_ptr<const Clock> clock);
  Status load();
  void remember(const Account& account);
  Status change(const PersonId& person, const char* sql, const SqlValue& value);

  std::unique_ptr<Database> database_;
  std::mutex refreshing_;
  std::shared_ptr<const Clock> clock_;
  mutable std::shared_mutex mutex_;  // guards known_
  std::unordered_map<PersonId, KnownPerson> known_;
};

}  // namespace footprint::access
