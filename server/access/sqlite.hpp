// SQLite as values and Results: one connection, used by one thread at a time.
//
// Statements are constant texts with ?1, ?2 ... for values, prepared once and kept. Nothing from
// outside ever becomes part of a statement.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace footprint::access {

/// monostate: NULL.
using SqlValue = std::variant<std::monostate, std::int64_t, std::string, Bytes>;

/// One row of an answer. Columns count from 0; NULL reads as empty or 0.
class Row {
 public:
  explicit Row(std::vector<SqlValue> values) : values_(std::move(values)) {}
  bool is_null(std::size_t column) const;
  std::string text(std::size_t column) const;
  std::int64_t number(std::size_t column) const;
  Bytes blob(std::size_t column) const;

 private:
  std::vector<SqlValue> values_;
};

/// A statement's access to the file, inside Database::read or Database::write.
class Connection {
 public:
  Connection() = default;
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Errors: "accounts.exists" (kConflict: a value that must be unique is there already),
  /// "accounts.unusable" (kIo, kCorrupt).
  Status run(const char* sql, const std::vector<SqlValue>& values = {});
  Result<std::vector<Row>> rows(const char* sql, const std::vector<SqlValue>& values = {});
  /// How many rows the last run() changed.
  std::int64_t changed() const;

 private:
  friend class Database;
  Status open(const std::string& path);
  Status script(const char* sql);
  Result<sqlite3_stmt*> prepared(const char* sql, const std::vector<SqlValue>& values);
  tl::unexpected<Error> failure() const;

  sqlite3* handle_ = nullptr;
  std::string path_;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

/// The file. Thread-safe and blocking: every write that has returned is on disk.
class Database {
 public:
  /// Opens or makes the file (mode 0600) and brings it to the newest form. ":memory:" for tests.
  /// Errors: as above, and "accounts.newer" (a newer program made it).
  static Result<std::unique_ptr<Database>> open(const std::string& path);

  /// Runs `work(Connection&)`, which gives a Result or Status. Not re-entrant.
  template <typename Work>
  auto read(Work work) -> std::invoke_result_t<Work, Connection&> {
    std::lock_guard lock(mutex_);
    return work(connection_);
  }

  /// The same as one transaction: undone if `work` fails.
  template <typename Work>
  auto write(Work work) -> std::invoke_result_t<Work, Connection&> {
    std::lock_guard lock(mutex_);
    if (Status begun = connection_.run("BEGIN IMMEDIATE"); !begun)
      return forward_error(begun.error());
    auto result = work(connection_);
    if (result) {
      Status done = connection_.run("COMMIT");
      if (done) return result;
      result = forward_error(done.error());
    }
    // What had failed is the answer, whatever comes of undoing it.
    static_cast<void>(connection_.run("ROLLBACK"));
    return result;
  }

 private:
  Status migrate();
  std::mutex mutex_;  // guards connection_
  Connection connection_;
};

}  // namespace footprint::access
