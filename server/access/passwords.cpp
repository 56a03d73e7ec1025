#include "access/passwords.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

#include "access/common_passwords.hpp"
#include "access/secrets.hpp"
#include "access/text.hpp"
#include "base/assert.hpp"

namespace footprint::access {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

/// The letters of a password without what is hung on at its ends: "P@ssw0rd-2016!" and "password"
/// are one and the same guess.
std::string letters_of(std::string_view text) {
  std::string small = lower(text), out;
  auto first = std::find_if(small.begin(), small.end(), is_letter);
  auto last = std::find_if(small.rbegin(), small.rend(), is_letter).base();
  for (; first < last; ++first) {
    constexpr std::string_view kDisguised = "0134578@$!|+";
    constexpr std::string_view kMeant = "oieastbasiit";
    char c = *first;
    if (auto at = kDisguised.find(c); at != std::string_view::npos) c = kMeant[at];
    if (is_letter(c)) out += c;
  }
  return out;
}

std::string plain_letters_of(std::string_view text) {
  std::string out;
  for (char c : lower(text))
    if (is_letter(c)) out += c;
  return out;
}

/// "aaaaaaaaaaaa", "abcabcabcabc": a short piece over and over.
bool is_repetition(std::string_view text) {
  for (std::size_t period = 1; period <= 4; ++period) {
    bool repeats = true;
    for (std::size_t i = period; i < text.size() && repeats; ++i)
      repeats = text[i] == text[i - period];
    if (repeats) return true;
  }
  return false;
}

/// "123456789012", "abcdefghijkl", "qwertyuiop[]": a walk along the alphabet or the keyboard.
bool is_walk(std::string_view text) {
  constexpr std::array<std::string_view, 5> kWays{
      "012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
      "098765432109876543210", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/"};
  return std::any_of(kWays.begin(), kWays.end(),
                     [&](std::string_view way) { return way.find(text) != way.npos; });
}

/// Whether nothing of note is left once a guessable word is taken out.
bool is_mostly(const std::string& letters, const std::string& word) {
  if (word.size() < 3) return false;
  std::string rest = letters;
  for (auto at = rest.find(word); at != rest.npos; at = rest.find(word))
    rest.erase(at, word.size());
  return rest.size() != letters.size() && rest.size() < 4;
}

}  // namespace

Passwords::Passwords(PasswordCost cost) : cost_(cost) {
  FP_ASSERT(sodium_init() >= 0);
  auto made = hash(random_hex(16));
  FP_ASSERT(made.has_value());
  nobodys_hash_ = std::move(*made);
}

Result<std::string> Passwords::hash(std::string_view password) const {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost_.passes,
                            cost_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(ErrorKind::kUnavailable, "password.memory",
                "The server has no memory left to check passwords. Try again in a moment.");
  return std::string(text.data());
}

bool Passwords::is_right(const std::string& hash, std::string_view password) const {
  const std::string& against = hash.empty() ? nobodys_hash_ : hash;
  bool right = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return right && !hash.empty();
}

bool Passwords::is_outdated(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.passes, cost_.memory_bytes) != 0;
}

Status check_new_password(std::string_view password, const std::vector<std::string>& about) {
  auto characters = count_characters(password);
  if (!characters)
    return fail(ErrorKind::kInvalid, "password.malformed", "The password is no valid text.");
  if (*characters < kPasswordCharactersMin)
    return fail(ErrorKind::kInvalid, "password.short",
                "The password is too short: use at least 12 characters, for example three words.");
  if (*characters > kPasswordCharactersMax)
    return fail(ErrorKind::kInvalid, "password.long",
                "The password is too long: use at most 128 characters.");
  std::string letters = letters_of(password), plain = plain_letters_of(password);
  std::string small = lower(password);
  bool common = is_repetition(small) || is_walk(small);
  auto weigh = [&](const std::string& word) {
    common =
        common || is_mostly(letters, letters_of(word)) || is_mostly(plain, plain_letters_of(word));
  };
  for (std::string_view word : kCommonPasswords) weigh(std::string(word));
  for (const std::string& words : about) {
    weigh(words);
    std::string part;
    for (char c : words + " ") {
      bool ends = c == ' ' || c == '@' || c == '.' || c == '-';
      if (!ends) part += c;
      if (ends) weigh(std::exchange(part, {}));
    }
  }
  if (common)
    return fail(
        ErrorKind::kInvalid, "password.common",
        "The password is too easy to guess: it is common, or made of your name, your e-mail "
        "address or the name of this service. Choose another, for example three words.");
  return {};
}

}  // namespace footprint::access
