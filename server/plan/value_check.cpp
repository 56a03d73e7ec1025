#include <algorithm>
#include <cmath>

#include "plan/decide.hpp"
#include "plan/formula.hpp"

namespace footprint::plan {

namespace {

ValueProblem problem(const char* code, std::string message) {
  return {code, std::move(message)};
}

std::string with_unit(double number, const Column& column) {
  std::string text = words_of(number);
  if (!column.unit.empty()) text += " " + column.unit;
  return text;
}

std::optional<ValueProblem> check_number(const Column& column, const Value& value) {
  const auto* number = std::get_if<double>(&value);
  if (number == nullptr || !std::isfinite(*number))
    return problem("figure.not_a_number",
                   "This cell takes a number. Type digits only, such as 12.5.");
  if (*number < column.minimum || *number > column.maximum)
    return problem("figure.out_of_range", "The number must be between " +
                                              with_unit(column.minimum, column) + " and " +
                                              with_unit(column.maximum, column) + ".");
  if (std::abs(round_to(*number, column.decimals) - *number) >
      1e-9 * std::max(1.0, std::abs(*number)))
    return problem("figure.too_precise",
                   column.decimals == 0
                       ? "This cell takes whole numbers. Round the number."
                       : "This cell takes at most " + std::to_string(column.decimals) +
                             (column.decimals == 1 ? " decimal place" : " decimal places") +
                             ". Round the number.");
  return std::nullopt;
}

/// Code points; the text is UTF-8, as it was parsed from JSON.
std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::optional<ValueProblem> check_text(const Column& column, const std::string& text) {
  bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
  });
  if (control)
    return problem(
        "figure.not_text",
        "The text has control characters in it. Type it anew or paste it as plain text.");
  std::size_t characters = characters_in(text);
  if (characters > column.characters_max)
    return problem("figure.too_long", "The text has " + std::to_string(characters) +
                                          " characters; this cell takes at most " +
                                          std::to_string(column.characters_max) + ".");
  return std::nullopt;
}

std::optional<ValueProblem> check_choice(const Column& column, const std::string& text) {
  for (const Choice& choice : column.choices)
    if (choice.value == text) return std::nullopt;
  return problem("figure.unknown_choice", "\"" + text.substr(0, 60) +
                                              "\" is not one of the choices of this cell. Pick one "
                                              "from its list.");
}

bool is_calendar_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9})
    if (text[i] < '0' || text[i] > '9') return false;
  auto digits = [&](std::size_t from, std::size_t count) {
    int number = 0;
    for (std::size_t i = from; i < from + count; ++i) number = number * 10 + (text[i] - '0');
    return number;
  };
  int year = digits(0, 4), month = digits(5, 2), day = digits(8, 2);
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1900 || year > 2999 || month < 1 || month > 12 || day < 1) return false;
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

}  // namespace

std::optional<ValueProblem> check_value(const Column& column, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  bool empty = std::holds_alternative<std::monostate>(value) || (text != nullptr && text->empty());
  if (empty) {
    if (!column.required) return std::nullopt;
    return problem("figure.required", "This cell may not be empty. Type 0 where there is nothing.");
  }
  if (column.type == ColumnType::kNumber) return check_number(column, value);
  if (text == nullptr)
    return problem("figure.not_text", "This cell takes text, and a number was sent.");
  if (column.type == ColumnType::kChoice) return check_choice(column, *text);
  if (column.type == ColumnType::kDate && !is_calendar_date(*text))
    return problem("figure.bad_date",
                   "This cell takes a date, as year-month-day: 2017-04-01 is the first of April.");
  if (column.type == ColumnType::kDate) return std::nullopt;
  return check_text(column, *text);
}

}  // namespace footprint::plan
