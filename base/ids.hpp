// Strong types for the names of things, so that a section can never be passed where a plan is
// meant.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace footprint {

/// A name of a kind given by `Tag`: lower-case letters, digits, '-' and '_', at most 100
/// characters.
template <typename Tag>
struct Name {
  std::string value;

  Name() = default;
  explicit Name(std::string text) : value(std::move(text)) {}
  explicit Name(std::string_view text) : value(text) {}
  explicit Name(const char* text) : value(text) {}

  bool empty() const { return value.empty(); }
  auto operator<=>(const Name&) const = default;
};

using PlanId = Name<struct PlanTag>;
using SectionKey = Name<struct SectionTag>;
using PersonId = Name<struct PersonTag>;
using OrganisationId = Name<struct OrganisationTag>;
using TableKey = Name<struct TableTag>;

/// Whether `text` may be a Name: checked wherever one comes from outside.
inline bool is_valid_name(std::string_view text) {
  if (text.empty() || text.size() > 100) return false;
  for (char c : text) {
    bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!ok) return false;
  }
  return true;
}

/// 1-based number of an event in its plan's log; 0 stands for "before the first".
using Position = std::uint64_t;

}  // namespace footprint

template <typename Tag>
struct std::hash<footprint::Name<Tag>> {
  std::size_t operator()(const footprint::Name<Tag>& name) const noexcept {
    return std::hash<std::string>{}(name.value);
  }
};
