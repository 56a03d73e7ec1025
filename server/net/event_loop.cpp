#include "net/event_loop.hpp"

#include <boost/asio/post.hpp>
#include <chrono>

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "net/log.hpp"

namespace footprint::net {

namespace asio = boost::asio;

namespace {
constexpr std::chrono::microseconds kTurnUs{300};
constexpr std::chrono::milliseconds kWheelStepMs{100};
}  // namespace

EventLoop::EventLoop(std::size_t index)
    : index_(index),
      context_(std::make_unique<asio::io_context>(1)),
      wheel_timer_(std::make_unique<asio::steady_timer>(*context_)),
      receive_buffer_(limits::kReceiveBufferBytes) {
  now_ms_ = SystemClock().now_ms();
}

EventLoop::~EventLoop() {
  stop_and_join();
  discard();
}

void EventLoop::start() {
  FP_ASSERT(!thread_.joinable());
  thread_ = std::thread([this] { run(); });
}

void EventLoop::stop_and_join() {
  stopping_ = true;
  if (context_) context_->stop();
  if (thread_.joinable()) thread_.join();
}

void EventLoop::discard() {
  dirty_.clear();
  for (auto& slot : slots_) slot.clear();
  wheel_timer_.reset();
  context_.reset();
}

void EventLoop::post(Task task) {
  if (!stopping_) asio::post(*context_, std::move(task));
}

void EventLoop::after_ms(std::uint32_t delay_ms, Task task) {
  auto timer = std::make_shared<asio::steady_timer>(*context_, std::chrono::milliseconds(delay_ms));
  timer->async_wait([timer, task = std::move(task)](const boost::system::error_code& error) {
    if (!error) task();
  });
}

void EventLoop::run() {
  using Clock = std::chrono::steady_clock;
  wait_for_tick();
  while (!context_->stopped()) {
    try {
      if (context_->run_one() == 0) break;
      now_ms_ = SystemClock().now_ms();
      auto until = Clock::now() + kTurnUs;
      while (context_->poll_one() != 0 && Clock::now() < until) {
      }
    } catch (const std::exception& error) {
      // Nothing below throws by design; one handler's mistake must not take the other sockets with
      // it.
      log::write(log::Level::kError, "loop.exception", {{"what", error.what()}});
    }
    flush();
  }
}

void EventLoop::flush() {
  while (!dirty_.empty()) {
    flushing_.swap(dirty_);
    for (auto& socket : flushing_) {
      socket->dirty_ = false;
      socket->flush();
    }
    flushing_.clear();
  }
}

void EventLoop::flush_later(std::shared_ptr<LoopSocket> socket) {
  if (socket->dirty_) return;
  socket->dirty_ = true;
  dirty_.push_back(std::move(socket));
}

void EventLoop::add(std::shared_ptr<LoopSocket> socket) {
  socket->slot_ = next_slot_;
  socket->place_ = slots_[next_slot_].size();
  slots_[next_slot_].push_back(std::move(socket));
  next_slot_ = (next_slot_ + 1) % kWheelSlots;
  ++socket_count_;
}

void EventLoop::remove(LoopSocket& socket) {
  auto& slot = slots_[socket.slot_];
  std::size_t place = socket.place_;
  FP_ASSERT(place < slot.size() && slot[place].get() == &socket);
  auto keep = std::move(slot[place]);  // until the end of this call
  if (place + 1 != slot.size()) {
    slot[place] = std::move(slot.back());
    slot[place]->place_ = place;
  }
  slot.pop_back();
  --socket_count_;
}

void EventLoop::restart_sockets() {
  restarting_ = true;
  for (auto& slot : slots_) {
    auto sockets = slot;  // restart() may remove
    for (auto& socket : sockets) socket->restart();
  }
}

void EventLoop::wait_for_tick() {
  wheel_timer_->expires_after(kWheelStepMs);
  wheel_timer_->async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

void EventLoop::tick() {
  now_ms_ = SystemClock().now_ms();
  auto sockets = slots_[wheel_at_];  // tick() may remove
  wheel_at_ = (wheel_at_ + 1) % kWheelSlots;
  for (auto& socket : sockets) socket->tick(now_ms_);
  wait_for_tick();
}

}  // namespace footprint::net
