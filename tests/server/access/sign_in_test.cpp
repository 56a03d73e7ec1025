#include "access/sign_in.hpp"

#include <set>

#include "access/totp.hpp"
#include "server/access/accounts_testing.hpp"

using namespace footprint;
using namespace footprint::access;
using testing::kPassword;
using testing::TestAccounts;

namespace {

constexpr const char* kEmail = "priya@example.org";

std::string weakness(std::string_view password) {
  Status good = check_new_password(password, {"Priya Menon", kEmail, "footprint"});
  return good ? "" : good.error().code;
}

Bytes decoded(const std::string& text) {
  Bytes bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (char c : text) {
    bits = bits << 5 | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
    if ((held += 5) >= 8) bytes.push_back(static_cast<std::uint8_t>(bits >> (held -= 8)));
  }
  return bytes;
}

}  // namespace

TEST_CASE("new passwords are long enough and hard to guess; no kinds of characters are asked for") {
  CHECK(weakness(kPassword).empty());
  CHECK(weakness("correct mule battery glue").empty());
  CHECK(weakness("\xc3\xa9toile du matin calme").empty());
  CHECK(weakness("739201847362").empty());
  CHECK(weakness("short words") == "password.short");
  CHECK(weakness("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9") == "password.short");
  CHECK(weakness(std::string(64, 'a') + std::string(65, 'b')) == "password.long");
  CHECK(weakness("aaaabbbbcccc\xff") == "password.malformed");
  for (const char* common :
       {"passwordpassword", "P@ssw0rd-2016!!", "Password123456", "123456789012", "aaaaaaaaaaaa",
        "abcabcabcabc", "qwertyuiop[]", "1qaz2wsx3edc", "Welcome2016!!", "LetMeIn!!!2020",
        "footprint2016", "Footprint-Footprint", "nhsnhsnhsnhs", "PriyaMenon2016", "priya.menon.1",
        "priya@example.org", "correcthorsebatterystaple"})
    CHECK(weakness(common) == "password.common");
}

TEST_CASE("passwords are kept as argon2id, and an empty hash is never right") {
  Passwords cheap({crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN});
  auto hash = cheap.hash(kPassword);
  REQUIRE(hash);
  CHECK(hash->starts_with("$argon2id$"));
  CHECK(cheap.is_right(*hash, kPassword));
  CHECK_FALSE(cheap.is_right(*hash, "another password"));
  CHECK_FALSE(cheap.is_right("", kPassword));
  CHECK_FALSE(cheap.is_right("", ""));
  CHECK_FALSE(cheap.is_outdated(*hash));
  CHECK(Passwords({2, crypto_pwhash_MEMLIMIT_MIN}).is_outdated(*hash));
}

TEST_CASE("signing in takes the right e-mail address and password") {
  TestAccounts t;
  Account account = t.add("Priya Menon", kEmail);
  CHECK(t.sign_in(kEmail, kPassword).empty());
  CHECK(t.sign_in("  Priya@EXAMPLE.org ", kPassword).empty());
  CHECK(t.accounts->directory().find(account.id)->value().last_sign_in_ms == t.clock->now_ms());
  CHECK(t.sign_in(kEmail, "wrong password!") == "session.wrong");
  CHECK(t.sign_in("nobody@example.org", kPassword) == "session.wrong");
  CHECK(t.sign_in("not an address", kPassword) == "session.wrong");
  CHECK(t.sign_in(kEmail, "") == "session.wrong");
  auto unknown = t.accounts->sign_in().check({"nobody@example.org", kPassword, "", "192.0.2.9"});
  auto wrong = t.accounts->sign_in().check({kEmail, "wrong password!", "", "192.0.2.9"});
  CHECK(unknown.error().error.message == wrong.error().error.message);
}

TEST_CASE(
    "an account without a password takes none, and a disabled one says so to its owner only") {
  TestAccounts t;
  REQUIRE(t.accounts->directory().create({"Sso", "sso@example.org", {}, false}));
  CHECK(t.sign_in("sso@example.org", "") == "session.wrong");
  Account account = t.add("Priya Menon", kEmail);
  REQUIRE(t.accounts->directory().set_status(account.id, AccountStatus::kDisabled));
  CHECK(t.sign_in(kEmail, "wrong password!") == "session.wrong");
  CHECK(t.sign_in(kEmail, kPassword) == "account.disabled");
}

TEST_CASE("a hash of another cost is made anew when its owner signs in") {
  TestAccounts t;
  Passwords dearer({2, crypto_pwhash_MEMLIMIT_MIN});
  auto hash = dearer.hash(kPassword);
  REQUIRE(t.accounts->directory().create({"Old", "old@example.org", *hash, false}));
  CHECK(t.sign_in("old@example.org", kPassword).empty());
  auto rows = t.accounts->directory().database().read(
      [](Connection& c) { return c.rows("SELECT password FROM accounts"); });
  CHECK(rows->front().text(0) != *hash);
  CHECK_FALSE(dearer.is_right(rows->front().text(0), "wrong"));
  CHECK(t.sign_in("old@example.org", kPassword).empty());
}

TEST_CASE("guessing is slowed down, by account and by address, for known and unknown alike") {
  TestAccounts t;
  t.add("Priya Menon", kEmail);
  for (std::string email : {kEmail, "nobody@example.org"}) {
    for (int i = 0; i < 5; ++i) CHECK(t.sign_in(email, "wrong password!") == "session.wrong");
    CHECK(t.sign_in(email, kPassword) == "session.too_many");
    CHECK(t.retry_after_s == 300);
    // From elsewhere the owner still gets in.
    if (email == kEmail) CHECK(t.sign_in(email, kPassword, "", "192.0.2.2").empty());
  }
  t.clock->advance_ms(300'000);
  CHECK(t.sign_in(kEmail, kPassword).empty());
  // Five of twenty were made before.
  for (int i = 0; i < 15; ++i)
    CHECK(t.sign_in(kEmail, "wrong password!", "", "198.51.100." + std::to_string(i)) ==
          "session.wrong");
  CHECK(t.sign_in(kEmail, kPassword, "", "203.0.113.1") == "session.too_many");
  for (int i = 0; i < 50; ++i)
    CHECK(t.sign_in("n" + std::to_string(i) + "@example.org", "x", "", "203.0.113.7") ==
          "session.wrong");
  CHECK(t.sign_in("n99@example.org", "x", "", "203.0.113.7") == "session.too_many");
}

TEST_CASE("attempts are counted before they are made, and given back when they were right") {
  auto clock = std::make_shared<ManualClock>(0);
  Throttle throttle(clock);
  std::vector<ThrottleRule> rules{{"a", 2, 1000}, {"b", 3, 500}};
  CHECK(throttle.take(rules) == 0);
  CHECK(throttle.take(rules) == 0);
  CHECK(throttle.take(rules) == 1);
  throttle.give_back(rules);
  CHECK(throttle.take(rules) == 0);
  clock->advance_ms(500);
  CHECK(throttle.take(rules) == 1);
  throttle.forget("a");
  CHECK(throttle.take(rules) == 0);
  clock->advance_ms(-400);
  CHECK(throttle.take(rules) == 0);  // a clock that was set back locks nobody out
}

TEST_CASE("codes are those of RFC 6238") {
  Bytes secret = to_bytes(as_bytes("12345678901234567890"));
  const std::pair<std::int64_t, const char*> vectors[] = {
      {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
      {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : vectors)
    CHECK(totp_code(secret, totp_step(seconds * 1000), 8) == code);
  CHECK(base32(as_bytes("foobar")) == "MZXW6YTBOI");
  CHECK(decoded(base32(secret)) == secret);
  CHECK(totp_uri(secret, "a b@example.org") ==
        "otpauth://totp/Footprint:a%20b@example.org?secret=" + base32(secret) +
            "&issuer=Footprint&algorithm=SHA1&digits=6&period=30");
}

TEST_CASE("a code is taken a step early or late, once") {
  Bytes secret(kTotpSecretBytes, 7);
  UnixMs now_ms = 1'700'000'000'000;
  std::int64_t step = totp_step(now_ms);
  for (std::int64_t by : {-1, 0, 1})
    CHECK(totp_match(secret, totp_code(secret, step + by), now_ms, 0) == step + by);
  for (std::int64_t by : {-2, 2})
    CHECK_FALSE(totp_match(secret, totp_code(secret, step + by), now_ms, 0));
  CHECK_FALSE(totp_match(secret, totp_code(secret, step), now_ms, step));
  CHECK_FALSE(totp_match(secret, totp_code(secret, step - 1), now_ms, step));
  CHECK_FALSE(totp_match(secret, "", now_ms, 0));
  CHECK_FALSE(totp_match(secret, "12345", now_ms, 0));
}

TEST_CASE("the second factor: set up, asked for, used once, switched off") {
  TestAccounts t;
  Account account = t.add("Priya Menon", kEmail);
  SignIn& sign_in = t.accounts->sign_in();
  auto code_now = [&](const std::string& secret) {
    return totp_code(decoded(secret), totp_step(t.clock->now_ms()));
  };
  CHECK(sign_in.confirm_second_factor(account, "123456").error().code == "second_factor.none");
  auto begun = sign_in.begin_second_factor(account);
  REQUIRE(begun);
  CHECK(t.sign_in(kEmail, kPassword).empty());  // it counts once it is confirmed
  CHECK(sign_in.confirm_second_factor(account, "000000").error().code == "second_factor.code");
  std::string confirming = code_now(begun->secret);
  auto recovery = sign_in.confirm_second_factor(account, confirming);
  REQUIRE(recovery);
  CHECK(std::set<std::string>(recovery->begin(), recovery->end()).size() == 10);
  account = **t.accounts->directory().find(account.id);
  CHECK(account.second_factor);
  CHECK(sign_in.begin_second_factor(account).error().code == "second_factor.on");

  CHECK(t.sign_in(kEmail, "wrong password!") == "session.wrong");
  CHECK(t.sign_in(kEmail, kPassword) == "session.code_needed");
  CHECK(t.sign_in(kEmail, kPassword, confirming) == "session.code_wrong");  // used to confirm
  t.clock->advance_ms(30'000);
  std::string code = code_now(begun->secret);
  CHECK(t.sign_in(kEmail, kPassword, code.substr(0, 3) + " " + code.substr(3)).empty());
  CHECK(t.sign_in(kEmail, kPassword, code) == "session.code_wrong");
  CHECK(t.sign_in(kEmail, kPassword, recovery->front()).empty());
  CHECK(t.sign_in(kEmail, kPassword, recovery->front()) == "session.code_wrong");

  t.clock->advance_ms(600'000);
  CHECK(sign_in.end_second_factor(account, "000000", "192.0.2.1").error().error.code ==
        "second_factor.code");
  CHECK(sign_in.end_second_factor(account, code_now(begun->secret), "192.0.2.1"));
  CHECK(t.sign_in(kEmail, kPassword).empty());
  CHECK(t.sign_in(kEmail, kPassword, recovery->back()).empty());  // no code is asked for
}

TEST_CASE("codes cannot be guessed in numbers") {
  TestAccounts t;
  Account account = t.add("Priya Menon", kEmail);
  auto begun = t.accounts->sign_in().begin_second_factor(account);
  REQUIRE(t.accounts->sign_in().confirm_second_factor(
      account, totp_code(decoded(begun->secret), totp_step(t.clock->now_ms()))));
  for (int i = 0; i < 5; ++i)
    CHECK(t.sign_in(kEmail, kPassword, "00000" + std::to_string(i)) == "session.code_wrong");
  CHECK(t.sign_in(kEmail, kPassword, "000009") == "session.too_many");
}

TEST_CASE("a password is changed by who knows it") {
  TestAccounts t;
  Account account = t.add("Priya Menon", kEmail);
  SignIn& sign_in = t.accounts->sign_in();
  CHECK(sign_in.check_password(account.id, kPassword, "192.0.2.1"));
  CHECK(sign_in.check_password(account.id, "wrong", "192.0.2.1").error().error.code ==
        "account.wrong_password");
  CHECK(sign_in.check_password(PersonId("u-demo"), "x", "192.0.2.1").error().error.code ==
        "account.no_password");
  CHECK(sign_in.set_password(account, "priya menon").error().code == "password.short");
  CHECK(sign_in.set_password(account, "four cold oat biscuits"));
  CHECK(t.sign_in(kEmail, kPassword) == "session.wrong");
  CHECK(t.sign_in(kEmail, "four cold oat biscuits").empty());
}
