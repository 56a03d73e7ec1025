// The words for enumerations, as files and the API spell them.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "plan/figure.hpp"
#include "plan/state.hpp"

namespace footprint::plan {

inline constexpr std::array<std::string_view, 5> kBasisNames = {"source", "derived", "illustrative",
                                                                "fictional", "entered"};
inline constexpr std::array<std::string_view, 3> kCellStatusNames = {"draft", "agreed", "locked"};
inline constexpr std::array<std::string_view, 4> kColumnTypeNames = {"number", "text", "choice",
                                                                     "date"};
inline constexpr std::array<std::string_view, 8> kRoleNames = {
    "footprint_lead",  "pmo",      "section_lead", "author",
    "board_signatory", "reviewer", "lay_reviewer", "observer"};
inline constexpr std::array<std::string_view, 6> kSectionStatusNames = {
    "drafting", "in_review", "ready_for_signoff", "signed_off", "reopened", "frozen"};
inline constexpr std::array<std::string_view, 4> kVisibilityNames = {"partners", "reviewers",
                                                                     "named", "public"};

/// The value of an enumeration whose words are `names`.
template <typename Enum, std::size_t Count>
std::optional<Enum> from_name(const std::array<std::string_view, Count>& names,
                              std::string_view word) {
  for (std::size_t i = 0; i < Count; ++i)
    if (names[i] == word) return static_cast<Enum>(i);
  return std::nullopt;
}

}  // namespace footprint::plan
