#include "sync/state_vector.hpp"

#include "sync/lib0.hpp"

namespace footprint::sync {
namespace {
/// No plan has more writers; a vector that claims more is an attack.
constexpr std::uint64_t kClientsMax = 1U << 20;
}  // namespace

Clock StateVector::get(ClientId client) const {
  auto found = clocks_.find(client);
  return found == clocks_.end() ? 0 : found->second;
}

void StateVector::set(ClientId client, Clock next) {
  if (next == 0) {
    clocks_.erase(client);
  } else {
    clocks_[client] = next;
  }
}

void StateVector::raise(ClientId client, Clock next) {
  if (next > get(client)) clocks_[client] = next;
}

bool StateVector::covers(const StateVector& other) const {
  for (const auto& [client, next] : other.clocks_) {
    if (get(client) < next) return false;
  }
  return true;
}

Bytes StateVector::encode() const {
  Writer writer;
  writer.var_uint(clocks_.size());
  for (auto it = clocks_.rbegin(); it != clocks_.rend(); ++it) {
    writer.var_uint(it->first);
    writer.var_uint(it->second);
  }
  return writer.take();
}

Result<StateVector> StateVector::decode(ByteView bytes) {
  Reader reader(bytes);
  StateVector vector;
  std::uint64_t clients = reader.count(2);
  if (clients > kClientsMax) {
    return fail(ErrorKind::kTooLarge, "state_vector.too_large",
                "The state vector names too many clients.");
  }
  for (std::uint64_t i = 0; i < clients && reader.ok(); ++i) {
    ClientId client = reader.var_uint();
    std::uint64_t next = reader.var_uint();
    if (next > kClockMax) reader.fail(ReadFailure::kNumberRange);
    if (reader.ok()) vector.set(client, static_cast<Clock>(next));
  }
  if (!reader.ok() || !reader.at_end()) {
    return fail(ErrorKind::kMalformed, "state_vector.malformed",
                "The bytes are not a Yjs state vector.");
  }
  return vector;
}

}  // namespace footprint::sync
