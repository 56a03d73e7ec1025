// What the prose of a section may be made of: schemas/prose.json, compiled in.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace footprint::plan {

class ProseSchema {
 public:
  /// The one of this program. Thread-safe.
  static const ProseSchema& get();

  int version() const { return version_; }
  bool has_node(std::string_view name) const { return nodes_.contains(name); }
  bool has_attribute(std::string_view key) const;
  bool has_mark(std::string_view key) const;

 private:
  ProseSchema();

  int version_ = 0;
  std::set<std::string, std::less<>> nodes_, attributes_, marks_;
  std::vector<std::string> mark_prefixes_, attribute_prefixes_;
};

}  // namespace footprint::plan
