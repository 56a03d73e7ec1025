// One I/O thread: its io_context, its WebSockets, one receive buffer and one clock wheel for all of
// them.
//
// A turn of the loop runs what is ready, at most for kTurnUs, then flushes the sockets that were
// given something to send: however many messages a turn brings, each socket costs one system call.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "room/executor.hpp"

namespace footprint::net {

/// A WebSocket, as its loop sees it. Everything on the loop's thread.
class LoopSocket {
 public:
  virtual ~LoopSocket() = default;
  virtual void flush() = 0;
  /// About once a second.
  virtual void tick(UnixMs now_ms) = 0;
  /// The process stops: say so to the peer.
  virtual void restart() = 0;

 private:
  friend class EventLoop;
  std::size_t slot_ = 0, place_ = 0;  // where the wheel keeps it
  bool dirty_ = false;
};

class EventLoop final : public room::Executor {
 public:
  explicit EventLoop(std::size_t index);
  ~EventLoop() override;

  // From any thread.
  void post(Task task) override;
  void start();
  /// Ends the loop after the present turn and waits for its thread.
  void stop_and_join();
  /// After stop_and_join(): destroys sockets and handlers that are left. Only post(), which does
  /// nothing, may follow.
  void discard();
  boost::asio::io_context& context() { return *context_; }
  std::size_t index() const { return index_; }
  std::size_t socket_count() const { return socket_count_; }

  // On the loop's thread only.
  void after_ms(std::uint32_t delay_ms, Task task) override;
  std::span<std::uint8_t> receive_buffer() { return receive_buffer_; }
  void add(std::shared_ptr<LoopSocket> socket);
  void remove(LoopSocket& socket);
  void flush_later(std::shared_ptr<LoopSocket> socket);
  /// The process stops: closes what is open; from now on rooms that say "later" mean "after the
  /// restart".
  void restart_sockets();
  void expect_restart() { restarting_ = true; }
  bool restarting() const { return restarting_; }
  /// Of the turn's beginning.
  UnixMs now_ms() const { return now_ms_; }

 private:
  static constexpr std::size_t kWheelSlots = 10;

  void run();
  void flush();
  void wait_for_tick();
  void tick();

  const std::size_t index_;
  std::unique_ptr<boost::asio::io_context> context_;
  std::unique_ptr<boost::asio::steady_timer> wheel_timer_;
  Bytes receive_buffer_;
  std::vector<std::shared_ptr<LoopSocket>> slots_[kWheelSlots];
  std::size_t wheel_at_ = 0;
  std::size_t next_slot_ = 0;
  std::vector<std::shared_ptr<LoopSocket>> dirty_, flushing_;
  std::atomic<std::size_t> socket_count_ = 0;
  std::atomic<bool> stopping_ = false;
  UnixMs now_ms_ = 0;
  bool restarting_ = false;
  std::thread thread_;
};

}  // namespace footprint::net
