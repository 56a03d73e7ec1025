#include "access/sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "access/tables.hpp"

namespace footprint::access {

namespace {

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
constexpr int kBusyTimeoutMs = 5'000;
constexpr const char* kInMemory = ":memory:";

tl::unexpected<Error> unusable(ErrorKind kind, const std::string& path, const std::string& why) {
  return fail(kind, "accounts.unusable",
              "The file of accounts " + path + " cannot be used (" + why +
                  "). Look at the disk, or restore the file from a backup.");
}

/// Nobody else reads it, also not in the moment after it was made; SQLite's side files take its
/// mode.
Status make_private(const std::string& path) {
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (file < 0) return unusable(ErrorKind::kIo, path, std::strerror(errno));
  int changed = ::fchmod(file, kOwnerOnly);
  int error = errno;
  ::close(file);
  if (changed != 0) return unusable(ErrorKind::kIo, path, std::strerror(error));
  return {};
}

int bind(sqlite3_stmt* statement, int at, const SqlValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return sqlite3_bind_int64(statement, at, *number);
  if (const auto* text = std::get_if<std::string>(&value))
    return sqlite3_bind_text64(statement, at, text->data(), text->size(), SQLITE_TRANSIENT,
                               SQLITE_UTF8);
  if (const auto* bytes = std::get_if<Bytes>(&value))
    return bytes->empty()
               ? sqlite3_bind_zeroblob(statement, at, 0)
               : sqlite3_bind_blob64(statement, at, bytes->data(), bytes->size(), SQLITE_TRANSIENT);
  return sqlite3_bind_null(statement, at);
}

SqlValue column(sqlite3_stmt* statement, int at) {
  auto size = [&] { return static_cast<std::size_t>(sqlite3_column_bytes(statement, at)); };
  switch (sqlite3_column_type(statement, at)) {
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, at));
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, at));
      return std::string(text, size());
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, at));
      return bytes == nullptr ? Bytes() : Bytes(bytes, bytes + size());
    }
    default:
      return std::monostate();
  }
}

}  // namespace

bool Row::is_null(std::size_t column) const {
  return std::holds_alternative<std::monostate>(values_.at(column));
}

std::string Row::text(std::size_t column) const {
  const auto* text = std::get_if<std::string>(&values_.at(column));
  return text ? *text : std::string();
}

std::int64_t Row::number(std::size_t column) const {
  const auto* number = std::get_if<std::int64_t>(&values_.at(column));
  return number ? *number : 0;
}

Bytes Row::blob(std::size_t column) const {
  const auto* bytes = std::get_if<Bytes>(&values_.at(column));
  return bytes ? *bytes : Bytes();
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Status Connection::open(const std::string& path) {
  path_ = path;
  if (path != kInMemory) {
    if (Status made = make_private(path); !made) return made;
  }
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr) != SQLITE_OK) return failure();
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
  // What is deleted is overwritten: an erased name or a used link is not left lying in the file.
  return script(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
      "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;");
}

Status Connection::script(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
  return {};
}

tl::unexpected<Error> Connection::failure() const {
  int code = sqlite3_extended_errcode(handle_);
  if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
    return fail(ErrorKind::kConflict, "accounts.exists", "That is taken already.");
  bool corrupt = (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
  return unusable(corrupt ? ErrorKind::kCorrupt : ErrorKind::kIo, path_, sqlite3_errmsg(handle_));
}

Result<sqlite3_stmt*> Connection::prepared(const char* sql, const std::vector<SqlValue>& values) {
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr && sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                                 &statement, nullptr) != SQLITE_OK)
    return failure();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (bind(statement, static_cast<int>(i) + 1, values[i]) != SQLITE_OK) return failure();
  }
  return statement;
}

Result<std::vector<Row>> Connection::rows(const char* sql, const std::vector<SqlValue>& values) {
  auto statement = prepared(sql, values);
  if (!statement) return forward_error(statement.error());
  std::vector<Row> all;
  int step = SQLITE_ROW;
  while ((step = sqlite3_step(*statement)) == SQLITE_ROW) {
    std::vector<SqlValue> row;
    for (int i = 0; i < sqlite3_column_count(*statement); ++i) row.push_back(column(*statement, i));
    all.emplace_back(std::move(row));
  }
  Result<std::vector<Row>> result = std::move(all);
  if (step != SQLITE_DONE) result = failure();
  sqlite3_reset(*statement);
  sqlite3_clear_bindings(*statement);
  return result;
}

Status Connection::run(const char* sql, const std::vector<SqlValue>& values) {
  auto done = rows(sql, values);
  if (!done) return forward_error(done.error());
  return {};
}

std::int64_t Connection::changed() const {
  return sqlite3_changes(handle_);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
  auto database = std::make_unique<Database>();
  if (Status opened = database->connection_.open(path); !opened)
    return forward_error(opened.error());
  if (Status ready = database->migrate(); !ready) return forward_error(ready.error());
  return database;
}

Status Database::migrate() {
  auto sound = connection_.rows("PRAGMA quick_check(1)");
  if (!sound) return forward_error(sound.error());
  if (sound->empty() || sound->front().text(0) != "ok")
    return unusable(ErrorKind::kCorrupt, connection_.path_, "it is damaged");
  auto version = connection_.rows("PRAGMA user_version");
  if (!version) return forward_error(version.error());
  auto at = static_cast<std::size_t>(version->front().number(0));
  if (at > kMigrations.size())
    return fail(ErrorKind::kInvalid, "accounts.newer",
                "The file of accounts " + connection_.path_ +
                    " was made by a newer version of Footprint. Start that version.");
  for (; at < kMigrations.size(); ++at) {
    std::string step = std::string("BEGIN IMMEDIATE;") + kMigrations[at] +
                       "PRAGMA user_version=" + std::to_string(at + 1) + "; COMMIT;";
    if (Status done = connection_.script(step.c_str()); !done) return done;
  }
  return {};
}

}  // namespace footprint::access
