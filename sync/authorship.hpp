// Who wrote a word, where the ids of its units do not say so.
//
// A unit's id names the client that inserted it. But an editor moves words by deleting them and
// inserting them again: Enter gives the tail of a sentence to whoever pressed it. So when one
// update deletes and inserts the same run of text, the run keeps its author here. What is kept is a
// function of the updates in their order, the same wherever they are replayed.
#pragma once

#include <map>

#include "sync/doc.hpp"

namespace footprint::sync {

class Authorship {
 public:
  /// The client that wrote the unit: of its id, unless the words were moved.
  ClientId author_of(Id unit) const;
  /// Up to where (a clock, exclusive, at most `end`) the author is the same as the unit's.
  Clock same_until(Id unit, Clock end) const;

  /// Doc::apply_update, and notes what it moves. Runs shorter than kMovedUnitsMin count as written
  /// anew, unless the whole of what was deleted at one place was inserted at another. Of an update
  /// that deletes or inserts more than kUnitsMax, or inserts what has to wait, nothing is noted.
  Result<ApplyOutcome> apply(Doc& doc, ByteView update, Format format = Format::kV1);

  static constexpr std::size_t kMovedUnitsMin = 4;
  static constexpr std::size_t kUnitsMax = 200'000;

  Bytes encode() const;
  /// Errors: "authorship.malformed" (kCorrupt).
  static Result<Authorship> decode(ByteView bytes);

  bool operator==(const Authorship&) const = default;

 private:
  struct Part {
    Clock to = 0;  // exclusive
    ClientId author = 0;
    bool operator==(const Part&) const = default;
  };
  using Parts = std::map<Clock, Part>;  // by first clock, disjoint

  void note(Id first, Clock length, ClientId author);

  std::map<ClientId, Parts> moved_;
};

}  // namespace footprint::sync
