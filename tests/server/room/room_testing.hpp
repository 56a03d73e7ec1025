// A room server without sockets: a hand-driven executor, fake connections that read what they get,
// and the memory log, which a test can hold back or make fail.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "plan/import.hpp"
#include "room/doors.hpp"
#include "room/registry.hpp"
#include "room/room.hpp"
#include "storage/memory_plan_log.hpp"
#include "sync/lib0.hpp"
#include "sync/read.hpp"
#include "sync/transaction.hpp"
#include "sync/y_protocol.hpp"

namespace footprint::room::testing {

inline const std::string kPlan = "cambridgeshire-and-peterborough-2016";
inline const std::string kEpoch = "epoch-1";

class TestExecutor final : public Executor {
 public:
  void post(Task task) override {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    arrived_.notify_one();
  }
  void after_ms(std::uint32_t delay_ms, Task task) override {
    later_.push_back({now_ms + delay_ms, std::move(task)});
  }
  /// Runs what comes until `done`; false after ten seconds.
  template <typename Done>
  bool run_until(Done done) {
    auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done()) {
      Task task;
      {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait_until(lock, give_up, [this] { return !tasks_.empty(); })) return false;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task();
    }
    return true;
  }
  /// Runs what is queued and what that queues, without waiting for other threads.
  void run_ready() {
    for (;;) {
      Task task;
      {
        std::lock_guard lock(mutex_);
        if (tasks_.empty()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task();
    }
  }
  void advance(std::int64_t by_ms) {
    now_ms += by_ms;
    auto later = std::exchange(later_, {});
    for (auto& [at_ms, task] : later) {
      if (at_ms <= now_ms) {
        task();
      } else {
        later_.push_back({at_ms, std::move(task)});
      }
    }
  }

 private:
  std::int64_t now_ms = 0;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Task> tasks_;
  std::vector<std::pair<std::int64_t, Task>> later_;
};

/// The payloads of the frames in a buffer, which must be whole.
inline std::vector<Bytes> payloads(ByteView frames) {
  std::vector<Bytes> found;
  while (!frames.empty()) {
    REQUIRE(frames[0] == 0x82);
    std::size_t header = 2, length = frames[1];
    if (length == 126) header = 4, length = frames[2] << 8 | frames[3];
    if (length == 127) {
      header = 10, length = 0;
      for (int i = 2; i < 10; ++i) length = length << 8 | frames[static_cast<std::size_t>(i)];
    }
    REQUIRE(frames.size() >= header + length);
    found.push_back(to_bytes(frames.subspan(header, length)));
    frames = frames.subspan(header + length);
  }
  return found;
}

class TestConnection final : public Connection {
 public:
  void send(Frame frames) override {
    if (closed) return;
    if (stalled) stalled_bytes += frames->size();
    for (Bytes& payload : payloads(*frames)) received.push_back(std::move(payload));
  }
  void close(CloseCode code, std::string_view why) override {
    if (closed) return;
    closed = code;
    reason = why;
  }
  std::size_t queued_bytes() const override { return stalled_bytes; }
  void tell_when_drained() override { wants_drained = true; }
  void set_reading(bool on) override { reading = on; }
  std::uint64_t id() const override { return 1; }
  std::string_view peer() const override { return "test"; }

  std::vector<Bytes> received;
  std::optional<CloseCode> closed;
  std::string reason;
  bool reading = true;
  bool stalled = false;
  bool wants_drained = false;
  std::size_t stalled_bytes = 0;
};

/// Holds the log back, or makes it fail.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = true;
  bool broken = false;
  Status pass() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return open; });
    if (broken) return fail(ErrorKind::kIo, "disk.broken", "The disk is broken.");
    return {};
  }
  void set(bool now_open, bool now_broken = false) {
    std::lock_guard lock(mutex);
    open = now_open;
    broken = now_broken;
    changed.notify_all();
  }
};

/// A log in front of another that says it has no room, as long as it is told to.
class CrowdedLog final : public storage::PlanLog {
 public:
  explicit CrowdedLog(std::unique_ptr<storage::PlanLog> log) : log_(std::move(log)) {}
  std::atomic<bool> full = false;
  std::atomic<int> turned_away = 0;

  void append(const PlanId& plan, std::optional<Position> expected,
              std::vector<storage::NewEvent> events, AppendDone done) override {
    if (!full) return log_->append(plan, expected, std::move(events), std::move(done));
    ++turned_away;
    done(fail(ErrorKind::kUnavailable, "log.overloaded", "The disk cannot keep up."));
  }
  Result<std::vector<storage::Event>> read(const PlanId& plan, Position from,
                                           std::size_t limit) const override {
    return log_->read(plan, from, limit);
  }
  Result<storage::Scan> scan(const PlanId& plan, Position from, std::size_t limit) const override {
    return log_->scan(plan, from, limit);
  }
  Result<storage::Head> head(const PlanId& plan) const override { return log_->head(plan); }
  Result<std::vector<PlanId>> plans() const override { return log_->plans(); }
  std::unique_ptr<storage::Subscription> subscribe(Listener listener) override {
    return log_->subscribe(std::move(listener));
  }
  Status write_snapshot(const PlanId& plan, const std::string& name,
                        const storage::Snapshot& snapshot) override {
    return log_->write_snapshot(plan, name, snapshot);
  }
  Result<std::optional<storage::Snapshot>> read_snapshot(const PlanId& plan,
                                                         const std::string& name) const override {
    return log_->read_snapshot(plan, name);
  }
  Result<std::vector<std::string>> snapshot_names(const PlanId& plan) const override {
    return log_->snapshot_names(plan);
  }
  Status writable() const override { return log_->writable(); }
  void close() override { log_->close(); }

 private:
  std::unique_ptr<storage::PlanLog> log_;
};

struct TestServer {
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(1'700'000'000'000);
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  std::unique_ptr<CrowdedLog> log;
  TestExecutor executor;
  std::vector<std::thread> workers;
  std::unique_ptr<RoomRegistry> registry;
  DoorContext context;
  std::map<std::string, std::shared_ptr<std::atomic<UnixMs>>> ends_ms;

  TestServer() {
    log = std::make_unique<CrowdedLog>(storage::make_memory_plan_log(
        {.clock = clock, .before_commit = [g = gate] { return g->pass(); }}));
    RegistryOptions options;
    options.log = log.get();
    options.clock = clock.get();
    options.executors = {&executor};
    options.run_blocking = [this](Executor::Task task) { workers.emplace_back(std::move(task)); };
    registry = std::make_unique<RoomRegistry>(std::move(options));
    context.registry = registry.get();
    context.clock = clock.get();
    context.identify = [this](std::string_view token) -> std::optional<SignedIn> {
      // API tokens: one that may only read, one for another plan.
      SignedIn scope;
      if (token.starts_with("reading-")) scope.read_only = true, token.remove_prefix(8);
      if (token.starts_with("elsewhere-"))
        scope.only_plan = PlanId("elsewhere"), token.remove_prefix(10);
      if (!token.starts_with("token-of-")) return std::nullopt;
      SignedIn session = session_of(std::string(token.substr(9)));
      session.read_only = scope.read_only;
      session.only_plan = scope.only_plan;
      return session;
    };
  }
  /// A person's one session; it lasts as long as `ends_ms` says.
  SignedIn session_of(const std::string& person) {
    auto& ends = ends_ms[person];
    if (!ends) ends = std::make_shared<std::atomic<UnixMs>>(UnixMs{1} << 60);
    return {PersonId(person), ends};
  }
  ~TestServer() {
    gate->set(true, true);
    for (auto& worker : workers) worker.join();
    log->close();
  }
  void import() {
    auto imported = plan::import_plan(plan::worked_example(), kEpoch);
    REQUIRE(imported);
    std::vector<storage::NewEvent> events;
    for (const auto& event : imported->events) {
      events.push_back({static_cast<std::uint16_t>(event.kind), plan::encode_event(event)});
    }
    bool done = false;
    log->append(imported->id, 0, std::move(events), [&](const Result<storage::Appended>& result) {
      REQUIRE(result);
      executor.post([&] { done = true; });
    });
    REQUIRE(executor.run_until([&] { return done; }));
  }
  void advance(std::int64_t by_ms) {
    clock->advance_ms(by_ms);
    executor.advance(by_ms);
  }
  Position head(const std::string& plan = kPlan) { return log->head(PlanId(plan))->position; }
};

/// Messages of one document of a /collab socket, or of a y-websocket, as a client would sort them.
struct Inbox {
  std::vector<Bytes> updates, step2s, awareness;
  std::vector<int> statuses;
  std::vector<std::string> stateless, denied, closes;
  std::vector<std::string> scopes;
  int token_requests = 0, step1s = 0;
};

inline Inbox sort_inbox(const std::vector<Bytes>& received, const std::string* address) {
  Inbox inbox;
  for (const Bytes& payload : received) {
    auto parsed = address ? sync::parse_hocuspocus(payload) : sync::parse_y_websocket(payload);
    // The codec reads what clients send; these few only a server sends.
    sync::Reader reader(payload);
    if (address && reader.var_string() != *address) continue;
    std::uint64_t type = reader.var_uint();
    if (type == 0) {
      std::uint64_t kind = reader.var_uint();
      Bytes body = to_bytes(reader.var_bytes());
      if (kind == 0) ++inbox.step1s;
      if (kind == 1) inbox.step2s.push_back(body);
      if (kind == 2) inbox.updates.push_back(body);
    } else if (type == 1) {
      inbox.awareness.push_back(to_bytes(reader.var_bytes()));
    } else if (type == 2) {
      std::uint64_t kind = reader.var_uint();
      if (kind == 0) ++inbox.token_requests;
      if (kind == 1) inbox.denied.emplace_back(reader.var_string());
      if (kind == 2) inbox.scopes.emplace_back(reader.var_string());
    } else if (type == 5) {
      inbox.stateless.emplace_back(reader.var_string());
    } else if (type == 7) {
      inbox.closes.emplace_back(reader.var_string());
    } else if (type == 8) {
      inbox.statuses.push_back(static_cast<int>(reader.var_uint()));
    }
    REQUIRE(reader.ok());
  }
  return inbox;
}

/// Client of either door with a document of its own.
struct TestClient {
  TestServer& server;
  TestConnection connection;
  std::unique_ptr<Door> door;
  std::string address;  // empty: y-websocket
  sync::Doc doc;

  TestClient(TestServer& of, const std::string& person, sync::ClientId id,
             const std::string& section = "vision")
      : server(of),
        address(kPlan + (section.empty() ? "" : "/" + section)),
        doc({.client_id = id}) {
    door = make_collab_door(server.context, PlanId(kPlan), connection, server.session_of(person));
  }
  struct Yjs {};
  TestClient(Yjs, TestServer& of, const YjsTarget& target, const std::optional<PersonId>& person,
             sync::ClientId id)
      : server(of), doc({.client_id = id}) {
    std::optional<SignedIn> session;
    if (person) session = server.session_of(person->value);
    door = make_yjs_door(server.context, target, connection, std::move(session));
  }
  ~TestClient() {
    if (door) door->on_close();
  }

  void send(int type, const std::function<void(sync::Writer&)>& body) {
    sync::Writer writer;
    if (!address.empty()) writer.var_string(address);
    writer.var_uint(static_cast<std::uint64_t>(type));
    body(writer);
    door->on_message(writer.bytes());
  }
  void send_token(std::string_view token = R"({"schema":1,"epoch":""})") {
    send(2, [&](sync::Writer& w) { w.var_uint(0), w.var_string(token), w.var_string("4.8.0"); });
  }
  void send_step1() {
    send(0, [&](sync::Writer& w) { w.var_uint(0), w.var_bytes(doc.state_vector().encode()); });
  }
  void send_step2(ByteView update) {
    send(0, [&](sync::Writer& w) { w.var_uint(1), w.var_bytes(update); });
  }
  void send_update(ByteView update) {
    send(0, [&](sync::Writer& w) { w.var_uint(2), w.var_bytes(update); });
  }
  void send_awareness(sync::ClientId id, std::uint64_t clock, std::string_view state) {
    sync::Writer states;
    states.var_uint(1), states.var_uint(id), states.var_uint(clock), states.var_string(state);
    send(1, [&](sync::Writer& w) { w.var_bytes(states.bytes()); });
  }
  /// Connects as a provider does and waits until the first step 2 has come.
  void connect() {
    if (!address.empty()) send_token();
    send_step1();
    REQUIRE(
        server.executor.run_until([&] { return !inbox().step2s.empty() || connection.closed; }));
    receive();
  }
  Inbox inbox() const {
    return sort_inbox(connection.received, address.empty() ? nullptr : &address);
  }
  /// Applies what has come to the document.
  void receive() {
    Inbox all = inbox();
    for (const auto& update : all.step2s) REQUIRE(doc.apply_update(update));
    for (const auto& update : all.updates) REQUIRE(doc.apply_update(update));
  }
  /// A local change: a paragraph at the front of the section's first field.
  Bytes write(const std::string& text, const std::string& field = "statement") {
    return doc.transact([&](sync::Transaction& change) {
      auto root = change.root(field, sync::TypeRef::kXmlFragment);
      auto block = change.insert_type(root, 0, sync::TypeRef::kXmlElement, "paragraph");
      change.set(block, "kind", "p");
      auto content = change.insert_type(block, 0, sync::TypeRef::kXmlText);
      change.insert_text(content, 0, text);
    });
  }
  std::string text(const std::string& field = "statement") {
    return sync::plain_text(doc, sync::find_root(doc, field));
  }
  bool wait_for(const std::function<bool(const Inbox&)>& wanted) {
    return server.executor.run_until([&] { return wanted(inbox()); });
  }
};

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace footprint::room::testing
