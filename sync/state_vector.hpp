// What a replica has: for each client the next clock it expects (protocol.md 3.6). Encoded the same
// in v1 and v2.
#pragma once

#include <map>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "sync/id.hpp"

namespace footprint::sync {

/// Next expected clock by client; clients with clock 0 are left out.
class StateVector {
 public:
  Clock get(ClientId client) const;
  void set(ClientId client, Clock next);
  /// Raises the entry to `next` if that is more than what stands there.
  void raise(ClientId client, Clock next);
  bool empty() const { return clocks_.empty(); }
  const std::map<ClientId, Clock>& clocks() const { return clocks_; }
  /// Whether this replica has all that `other` has.
  bool covers(const StateVector& other) const;

  Bytes encode() const;  // clients in descending order, as yjs writes them
  /// Errors: "state_vector.malformed", "state_vector.too_large".
  static Result<StateVector> decode(ByteView bytes);

  bool operator==(const StateVector&) const = default;

 private:
  std::map<ClientId, Clock> clocks_;
};

}  // namespace footprint::sync
