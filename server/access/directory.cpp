#include "access/directory.hpp"

#include <algorithm>

#include "access/secrets.hpp"
#include "access/text.hpp"

namespace footprint::access {

namespace {

#define FP_ACCOUNT_COLUMNS                                                                  \
  "id, name, email, administrator, status, password IS NOT NULL, totp_secret IS NOT NULL, " \
  "created_at, last_sign_in_at"

AccountStatus status_of(std::string_view name) {
  if (name == "disabled") return AccountStatus::kDisabled;
  return name == "erased" ? AccountStatus::kErased : AccountStatus::kActive;
}

Account account_of(const Row& row) {
  Account account;
  account.id = PersonId(row.text(0));
  account.name = row.text(1);
  account.email = row.text(2);
  account.administrator = row.number(3) != 0;
  account.status = status_of(row.text(4));
  account.has_password = row.number(5) != 0;
  account.second_factor = row.number(6) != 0;
  account.created_at_ms = row.number(7);
  account.last_sign_in_ms = row.number(8);
  return account;
}

Result<std::optional<Account>> one(Connection& connection, const char* sql,
                                   const std::vector<SqlValue>& values) {
  auto rows = connection.rows(sql, values);
  if (!rows) return forward_error(rows.error());
  if (rows->empty()) return std::optional<Account>();
  return std::optional(account_of(rows->front()));
}

Result<std::optional<Account>> by_id(Connection& connection, const PersonId& person) {
  return one(connection, "SELECT " FP_ACCOUNT_COLUMNS " FROM accounts WHERE id = ?1",
             {person.value});
}

Result<std::optional<Account>> by_email(Connection& connection, const std::string& email) {
  return one(connection, "SELECT " FP_ACCOUNT_COLUMNS " FROM accounts WHERE email = ?1", {email});
}

tl::unexpected<Error> email_taken() {
  return fail(ErrorKind::kConflict, "account.email_taken",
              "There is an account with this e-mail address already. Sign in with it, or use "
              "another address.");
}

tl::unexpected<Error> unknown() {
  return fail(ErrorKind::kNotFound, "account.unknown", "There is no account of that person.");
}

SqlValue text_or_null(const std::string& text) {
  return text.empty() ? SqlValue() : SqlValue(text);
}

Result<Account> insert(Connection& connection, const Directory::NewAccount& wanted, UnixMs now_ms) {
  PersonId id("p-" + random_hex(8));
  Status made = connection.run(
      "INSERT INTO accounts(id, name, email, password, administrator, created_at) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
      {id.value, wanted.name, text_or_null(wanted.email), text_or_null(wanted.password_hash),
       std::int64_t{wanted.administrator}, now_ms});
  if (!made)
    return made.error().code == "accounts.exists" ? email_taken() : forward_error(made.error());
  auto account = by_id(connection, id);
  if (!account) return forward_error(account.error());
  return **account;
}

/// Somebody must stay able to administer the accounts.
Status check_not_last(Connection& connection, const PersonId& person) {
  auto others = connection.rows(
      "SELECT count(*) FROM accounts WHERE administrator = 1 AND status = 'active' AND id <> ?1",
      {person.value});
  if (!others) return forward_error(others.error());
  auto account = by_id(connection, person);
  if (!account) return forward_error(account.error());
  if (!*account || (*account)->status == AccountStatus::kErased) return unknown();
  bool counts = (*account)->administrator && (*account)->status == AccountStatus::kActive;
  if (counts && others->front().number(0) == 0)
    return fail(ErrorKind::kConflict, "account.last_administrator",
                "This is the only administrator. Make somebody else one first.");
  return {};
}

}  // namespace

std::string_view status_name(AccountStatus status) {
  switch (status) {
    case AccountStatus::kActive:
      return "active";
    case AccountStatus::kDisabled:
      return "disabled";
    case AccountStatus::kErased:
      break;
  }
  return "erased";
}

Directory::Directory(std::unique_ptr<Database> database, std::shared_ptr<const Clock> clock)
    : database_(std::move(database)), clock_(std::move(clock)) {}

Result<std::unique_ptr<Directory>> Directory::open(const std::string& path,
                                                   std::shared_ptr<const Clock> clock) {
  auto database = Database::open(path);
  if (!database) return forward_error(database.error());
  std::unique_ptr<Directory> directory(new Directory(std::move(*database), std::move(clock)));
  if (Status loaded = directory->load(); !loaded) return forward_error(loaded.error());
  return directory;
}

Status Directory::load() {
  auto rows = database_->read([](Connection& connection) {
    return connection.rows("SELECT " FP_ACCOUNT_COLUMNS " FROM accounts");
  });
  if (!rows) return forward_error(rows.error());
  for (const Row& row : *rows) remember(account_of(row));
  return {};
}

void Directory::remember(const Account& account) {
  std::unique_lock lock(mutex_);
  known_[account.id] = {account.name, account.administrator, account.second_factor, account.status};
}

Status Directory::refresh(const PersonId& person) {
  std::lock_guard in_order(refreshing_);  // or an older reading could be remembered last
  auto account = find(person);
  if (!account) return forward_error(account.error());
  if (*account) remember(**account);
  return {};
}

Result<std::optional<Account>> Directory::find(const PersonId& person) {
  return database_->read([&](Connection& connection) { return by_id(connection, person); });
}

Result<std::optional<Account>> Directory::find_by_email(const std::string& normalised) {
  return database_->read([&](Connection& connection) { return by_email(connection, normalised); });
}

Result<std::vector<Account>> Directory::all() {
  auto rows = database_->read([](Connection& connection) {
    return connection.rows("SELECT " FP_ACCOUNT_COLUMNS
                           " FROM accounts WHERE status <> 'erased' ORDER BY name, id");
  });
  if (!rows) return forward_error(rows.error());
  std::vector<Account> accounts;
  for (const Row& row : *rows) accounts.push_back(account_of(row));
  return accounts;
}

Result<Account> Directory::create(const NewAccount& wanted) {
  auto made = database_->write(
      [&](Connection& connection) { return insert(connection, wanted, clock_->now_ms()); });
  if (!made) return made;
  if (Status known = refresh(made->id); !known) return forward_error(known.error());
  return made;
}

Result<Account> Directory::of_identity(const Identity& identity) {
  if (identity.issuer.empty() || identity.subject.empty())
    return fail(ErrorKind::kInvalid, "account.identity",
                "The provider of the sign-in did not say who it is.");
  auto find_or_make = [&](Connection& connection) -> Result<Account> {
    auto known = one(connection,
                     "SELECT " FP_ACCOUNT_COLUMNS
                     " FROM accounts WHERE id = (SELECT account FROM identities WHERE issuer = ?1 "
                     "AND subject = ?2)",
                     {identity.issuer, identity.subject});
    if (!known) return forward_error(known.error());
    if (*known) return **known;
    std::string email = normalised_email(identity.email).value_or("");
    auto same_email = email.empty() ? Result<std::optional<Account>>(std::optional<Account>())
                                    : by_email(connection, email);
    if (!same_email) return forward_error(same_email.error());
    if (*same_email && !identity.may_link) return email_taken();
    std::string name =
        normalised_name(identity.name)
            .value_or(email.empty() ? "Somebody new" : email.substr(0, email.find('@')));
    auto account = *same_email ? Result<Account>(**same_email)
                               : insert(connection, {name, email, {}, false}, clock_->now_ms());
    if (!account) return account;
    Status linked = connection.run(
        "INSERT INTO identities(issuer, subject, account, created_at) VALUES(?1, ?2, ?3, ?4)",
        {identity.issuer, identity.subject, account->id.value, clock_->now_ms()});
    if (!linked) return forward_error(linked.error());
    return account;
  };
  auto account = database_->write(find_or_make);
  if (!account) return account;
  if (Status known = refresh(account->id); !known) return forward_error(known.error());
  if (account->status != AccountStatus::kActive)
    return fail(ErrorKind::kForbidden, "account.disabled",
                "This account has been disabled. Ask an administrator of this server.");
  return account;
}

Result<std::vector<IdentityEntry>> Directory::identities_of(const PersonId& person) {
  auto rows = database_->read([&](Connection& connection) {
    return connection.rows(
        "SELECT issuer, subject, created_at FROM identities WHERE account = ?1 ORDER BY created_at",
        {person.value});
  });
  if (!rows) return forward_error(rows.error());
  std::vector<IdentityEntry> entries;
  for (const Row& row : *rows) entries.push_back({row.text(0), row.text(1), row.number(2)});
  return entries;
}

Status Directory::change(const PersonId& person, const char* sql, const SqlValue& value) {
  Status changed = database_->write([&](Connection& connection) -> Status {
    if (Status done = connection.run(sql, {person.value, value}); !done) return done;
    return connection.changed() == 0 ? Status(unknown()) : Status();
  });
  return changed ? refresh(person) : changed;
}

Status Directory::rename(const PersonId& person, const std::string& normalised) {
  return change(person, "UPDATE accounts SET name = ?2 WHERE id = ?1 AND status <> 'erased'",
                normalised);
}

Status Directory::note_sign_in(const PersonId& person) {
  return change(person, "UPDATE accounts SET last_sign_in_at = ?2 WHERE id = ?1", clock_->now_ms());
}

Status Directory::set_status(const PersonId& person, AccountStatus status) {
  Status done = database_->write([&](Connection& connection) -> Status {
    if (status != AccountStatus::kActive) {
      if (Status allowed = check_not_last(connection, person); !allowed) return allowed;
    }
    Status changed =
        connection.run("UPDATE accounts SET status = ?2 WHERE id = ?1 AND status <> 'erased'",
                       {person.value, std::string(status_name(status))});
    if (!changed) return changed;
    return connection.changed() == 0 ? Status(unknown()) : Status();
  });
  return done ? refresh(person) : done;
}

Status Directory::set_administrator(const PersonId& person, bool administrator) {
  Status done = database_->write([&](Connection& connection) -> Status {
    if (!administrator) {
      if (Status allowed = check_not_last(connection, person); !allowed) return allowed;
    }
    Status changed = connection.run(
        "UPDATE accounts SET administrator = ?2 WHERE id = ?1 AND status <> 'erased'",
        {person.value, std::int64_t{administrator}});
    if (!changed) return changed;
    return connection.changed() == 0 ? Status(unknown()) : Status();
  });
  return done ? refresh(person) : done;
}

Status Directory::erase(const PersonId& person) {
  Status done = database_->write([&](Connection& connection) -> Status {
    if (Status allowed = check_not_last(connection, person); !allowed) return allowed;
    auto account = by_id(connection, person);
    if (!account) return forward_error(account.error());
    const char* steps[] = {
        "DELETE FROM recovery_codes WHERE account = ?1",
        "DELETE FROM identities WHERE account = ?1", "DELETE FROM sso_grants WHERE account = ?1",
        "DELETE FROM links WHERE account = ?1",
        "UPDATE accounts SET name = '', email = NULL, password = NULL, administrator = 0, "
        "status = 'erased', last_sign_in_at = NULL, totp_secret = NULL, totp_pending = NULL "
        "WHERE id = ?1"};
    for (const char* step : steps) {
      if (Status ran = connection.run(step, {person.value}); !ran) return ran;
    }
    const std::string& email = (*account)->email;
    if (email.empty()) return {};
    if (Status ran = connection.run("DELETE FROM links WHERE email = ?1", {email}); !ran)
      return ran;
    return connection.run("DELETE FROM mail WHERE recipient = ?1", {email});
  });
  return done ? refresh(person) : done;
}

std::optional<KnownPerson> Directory::known(const PersonId& person) const {
  std::shared_lock lock(mutex_);
  auto found = known_.find(person);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

bool Directory::has_administrator() const {
  std::shared_lock lock(mutex_);
  return std::any_of(known_.begin(), known_.end(), [](const auto& each) {
    return each.second.administrator && each.second.status == AccountStatus::kActive;
  });
}

}  // namespace footprint::access
