#include "fixture.hpp"

#include <sodium.h>

#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "sync/any.hpp"

namespace footprint::bench {

namespace {

/// Little-endian numbers and byte strings; past the end it gives zeros and `ok` says so.
class Pack {
 public:
  explicit Pack(ByteView bytes) : bytes_(bytes) {}

  std::uint32_t u32() {
    auto four = take(4);
    if (four.size() < 4) return 0;
    return four[0] | (std::uint32_t{four[1]} << 8) | (std::uint32_t{four[2]} << 16) |
           (std::uint32_t{four[3]} << 24);
  }
  ByteView take(std::size_t size) {
    ok = ok && size <= bytes_.size() - at_;
    if (!ok) return {};
    at_ += size;
    return bytes_.subspan(at_ - size, size);
  }
  bool ok = true;

 private:
  ByteView bytes_;
  std::size_t at_ = 0;
};

tl::unexpected<Error> cut_short(const std::string& name) {
  return fail(ErrorKind::kMalformed, "bench.fixture", name + " is cut short.");
}

}  // namespace

Result<Bytes> Fixture::file(const std::string& name) const {
  std::ifstream in(folder_ + "/" + name, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "bench.missing", "There is no " + name + ".");
  return Bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Result<std::vector<Bytes>> Fixture::updates() const {
  auto bytes = file("updates.pack");
  if (!bytes) return forward_error(bytes.error());
  Pack pack(*bytes);
  std::vector<Bytes> result;
  for (std::uint32_t left = pack.u32(); left > 0 && pack.ok; --left) {
    result.push_back(to_bytes(pack.take(pack.u32())));
  }
  if (!pack.ok) return cut_short("updates.pack");
  return result;
}

Result<std::vector<Edit>> Fixture::edits() const {
  auto bytes = file("edits.bin");
  if (!bytes) return forward_error(bytes.error());
  Pack pack(*bytes);
  std::vector<Edit> result;
  for (std::uint32_t left = pack.u32(); left > 0 && pack.ok; --left) {
    Edit edit(std::min<std::uint32_t>(pack.u32(), 1u << 20));
    for (Patch& patch : edit) {
      patch.position = pack.u32();
      patch.deleted = pack.u32();
      patch.inserted = as_text(pack.take(pack.u32()));
    }
    result.push_back(std::move(edit));
  }
  if (!pack.ok) return cut_short("edits.bin");
  return result;
}

Result<std::vector<std::string>> Fixture::script() const {
  auto bytes = file("script.jsonl");
  if (!bytes) return forward_error(bytes.error());
  std::istringstream in{std::string(as_text(*bytes))};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

Result<Expectation> Fixture::expectation() const {
  auto bytes = file("expect.json");
  if (!bytes) return forward_error(bytes.error());
  auto json = sync::parse_json(as_text(*bytes));
  const sync::Any* kind = json ? json->find("kind") : nullptr;
  const sync::Any* sha = json ? json->find("textSha") : nullptr;
  if (kind == nullptr || sha == nullptr || !kind->as_string() || !sha->as_string()) {
    return fail(ErrorKind::kMalformed, "bench.fixture", "expect.json lacks kind or textSha.");
  }
  return Expectation{*kind->as_string(), *sha->as_string()};
}

std::string short_sha(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size());
  std::array<char, 17> hex{};
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), 8);
  return hex.data();
}

}  // namespace footprint::bench
