// mergeUpdates without a document. The bytes are those of yjs, which decides for us: items are
// never joined, GC structs of different updates are, holes become Skips, what is known already is
// cut off the later struct.
#include <algorithm>
#include <queue>

#include "sync/struct_list.hpp"
#include "sync/update.hpp"

namespace footprint::sync {
namespace {

Clock end_of(const WireStruct& item) {
  return item.id.clock + item.length;
}
bool is_gc(const WireStruct& item) {
  return item.content.kind == ContentKind::kGc;
}

/// A place in one update. Skips are stepped over: the merge makes its own.
class Cursor {
 public:
  Cursor(const DecodedUpdate& update, std::int64_t rank) : rank_(rank), update_(&update) {
    settle();
  }

  const WireStruct* current() const {
    return section_ < update_->clients.size() ? &update_->clients[section_].structs[index_]
                                              : nullptr;
  }
  const WireStruct* next() {
    ++index_;
    settle();
    return current();
  }
  std::int64_t rank() const { return rank_; }
  void set_rank(std::int64_t rank) { rank_ = rank; }

 private:
  void settle() {
    while (section_ < update_->clients.size()) {
      const std::vector<WireStruct>& structs = update_->clients[section_].structs;
      while (index_ < structs.size() && structs[index_].content.kind == ContentKind::kSkip)
        ++index_;
      if (index_ < structs.size()) return;
      ++section_;
      index_ = 0;
    }
  }

  std::int64_t rank_;
  const DecodedUpdate* update_;
  std::size_t section_ = 0;
  std::size_t index_ = 0;
};

/// Below 0 when `a` comes first: higher clients, then earlier clocks.
std::int64_t compare(const Cursor& a, const Cursor& b) {
  Id x = a.current()->id;
  Id y = b.current()->id;
  if (x.client != y.client) return x.client > y.client ? -1 : 1;
  return static_cast<std::int64_t>(x.clock) - static_cast<std::int64_t>(y.clock);
}

/// The places in all updates, the next to read from first. yjs sorts its readers anew at each step,
/// and stably: of equals, the one that was read from last stays in front; its rank says so.
class Heap {
 public:
  explicit Heap(std::vector<Cursor> cursors) : queue_(Later{}, std::move(cursors)) {}
  bool empty() const { return queue_.empty(); }
  Cursor take() {
    Cursor first = queue_.top();
    queue_.pop();
    return first;
  }
  void give_back(Cursor cursor) {
    cursor.set_rank(++rank_);
    queue_.push(cursor);
  }

 private:
  struct Later {
    bool operator()(const Cursor& a, const Cursor& b) const {
      std::int64_t order = compare(a, b);
      return order != 0 ? order > 0 : a.rank() < b.rank();
    }
  };
  std::priority_queue<Cursor, std::vector<Cursor>, Later> queue_;
  std::int64_t rank_ = 0;
};

/// The same for few updates that hold GC structs. Where one update has an item and another a GC
/// struct at one id, yjs's comparison contradicts itself, and which of them is kept depends on the
/// steps of the engine's sort (below 64 elements: one run, then binary insertion). To write the
/// same bytes we take the same steps.
class SortedAsInYjs {
 public:
  static constexpr std::size_t kCountMax = 63;

  explicit SortedAsInYjs(std::vector<Cursor> cursors) : cursors_(std::move(cursors)) {}
  bool empty() {
    sort();
    return cursors_.empty();
  }
  Cursor take() {
    Cursor first = cursors_.front();
    cursors_.erase(cursors_.begin());
    return first;
  }
  void give_back(const Cursor& cursor) { cursors_.insert(cursors_.begin(), cursor); }

 private:
  static bool before(const Cursor& a, const Cursor& b) {
    std::int64_t order = compare(a, b);
    return order != 0 ? order < 0 : is_gc(*a.current()) != is_gc(*b.current());
  }

  void sort() {
    if (cursors_.size() < 2) return;
    bool descending = before(cursors_[1], cursors_[0]);
    std::size_t sorted = 2;
    while (sorted < cursors_.size() && before(cursors_[sorted], cursors_[sorted - 1]) == descending)
      ++sorted;
    auto start = cursors_.begin();
    if (descending) std::reverse(start, start + static_cast<std::ptrdiff_t>(sorted));
    for (; sorted < cursors_.size(); ++sorted) {
      std::size_t left = 0;
      std::size_t right = sorted;
      while (left < right) {
        std::size_t middle = left + (right - left) / 2;
        if (before(cursors_[sorted], cursors_[middle])) {
          right = middle;
        } else {
          left = middle + 1;
        }
      }
      auto pivot = start + static_cast<std::ptrdiff_t>(sorted);
      std::rotate(start + static_cast<std::ptrdiff_t>(left), pivot, pivot + 1);
    }
  }

  std::vector<Cursor> cursors_;
};

template <typename Waiting>
class Merge {
 public:
  explicit Merge(std::vector<Cursor> cursors) : waiting_(std::move(cursors)) {}

  Bytes run(const DeleteSet& deletes, Format format) {
    while (!waiting_.empty()) {
      Cursor cursor = waiting_.take();
      if (take_from(cursor)) take_run(cursor);
      if (cursor.current() != nullptr) waiting_.give_back(cursor);
    }
    if (has_last_) out_.add(last_);
    return out_.finish(deletes, format);
  }

 private:
  void put(const WireStruct& item) {
    if (has_last_) out_.add(last_);
    last_ = item;
    has_last_ = true;
  }

  /// Takes one struct; false when the cursor has nothing to give before others are looked at.
  bool take_from(Cursor& cursor) {
    const WireStruct* current = cursor.current();
    ClientId client = current->id.client;
    if (has_last_ && client == last_.id.client) {
      bool stepped = false;
      while (current != nullptr && current->id.client == client &&
             end_of(*current) <= end_of(last_)) {
        current = cursor.next();
        stepped = true;
      }
      if (current == nullptr || current->id.client != client) return false;
      if (stepped && current->id.clock > end_of(last_)) return false;
      if (current->id.clock > end_of(last_)) put(hole_before(*current));
      WireStruct item = as_rewritten(*current);
      if (Clock known = end_of(last_) - item.id.clock; known > 0)
        item = slice_struct(item, known, arena_);
      if (is_gc(last_) && is_gc(item)) {
        last_.length += item.length;
        return true;
      }
      put(item);
    } else {
      put(as_rewritten(*current));
    }
    cursor.next();
    return true;
  }

  /// What follows in the same update without a hole.
  void take_run(Cursor& cursor) {
    const WireStruct* current = cursor.current();
    while (current != nullptr && current->id.client == last_.id.client &&
           current->id.clock == end_of(last_)) {
      put(as_rewritten(*current));
      current = cursor.next();
    }
  }

  WireStruct hole_before(const WireStruct& item) const {
    WireStruct hole;
    hole.id = {item.id.client, end_of(last_)};
    hole.length = item.id.clock - hole.id.clock;
    hole.content.kind = ContentKind::kSkip;
    return hole;
  }

  Waiting waiting_;
  StructList out_;
  TextArena arena_;
  WireStruct last_;
  bool has_last_ = false;
};

bool has_gc(const DecodedUpdate& update) {
  for (const ClientStructs& section : update.clients) {
    if (std::any_of(section.structs.begin(), section.structs.end(), is_gc)) return true;
  }
  return false;
}

}  // namespace

Result<Bytes> merge_updates(std::span<const ByteView> updates, Format format) {
  std::vector<DecodedUpdate> decoded;
  decoded.reserve(updates.size());
  DeleteSet::RangesByClient ranges;
  for (ByteView bytes : updates) {
    Result<DecodedUpdate> update = decode_update(bytes, format);
    if (!update) return forward_error(update.error());
    // Very old writers did not sort.
    std::stable_sort(
        update->clients.begin(), update->clients.end(),
        [](const ClientStructs& a, const ClientStructs& b) { return a.client > b.client; });
    for (const auto& [client, list] : update->deletes.ranges())
      ranges[client].insert(ranges[client].end(), list.begin(), list.end());
    decoded.push_back(std::move(*update));
  }
  if (updates.size() == 1) return to_bytes(updates.front());
  DeleteSet deletes = DeleteSet::gathered(std::move(ranges));
  std::vector<Cursor> cursors;
  for (const DecodedUpdate& update : decoded) {
    Cursor cursor(update, -static_cast<std::int64_t>(cursors.size()));
    if (cursor.current() != nullptr) cursors.push_back(cursor);
  }
  if (cursors.size() <= SortedAsInYjs::kCountMax &&
      std::any_of(decoded.begin(), decoded.end(), has_gc)) {
    return Merge<SortedAsInYjs>(std::move(cursors)).run(deletes, format);
  }
  return Merge<Heap>(std::move(cursors)).run(deletes, format);
}

}  // namespace footprint::sync
