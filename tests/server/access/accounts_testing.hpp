// Accounts in memory, with a clock that stands still and passwords that are cheap to check.
#pragma once

#include <sodium.h>

#include "access/accounts.hpp"
#include "catch.hpp"

namespace footprint::access::testing {

inline constexpr const char* kPassword = "three warm oat biscuits";

struct TestAccounts {
  explicit TestAccounts(AccountsOptions options = {}) {
    options.clock = clock;
    options.password_cost = {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
    if (options.public_url.empty()) options.public_url = "https://plans.test";
    options.on_warning = [this](const Error& error) { warnings.push_back(error.code); };
    SessionOptions session_options;
    session_options.clock = clock;
    sessions = std::make_unique<Sessions>(session_options);
    auto opened = Accounts::open(":memory:", *sessions, std::move(options));
    REQUIRE(opened);
    accounts = std::move(*opened);
  }

  Account add(const std::string& name, const std::string& email, bool administrator = false) {
    auto hash = accounts->sign_in().hash_new(kPassword, name, email);
    REQUIRE(hash);
    auto made = accounts->directory().create({name, email, *hash, administrator});
    REQUIRE(made);
    return *made;
  }

  std::string sign_in(const std::string& email, const std::string& password,
                      const std::string& code = {}, const std::string& address = "192.0.2.1") {
    auto account = accounts->sign_in().check({email, password, code, address});
    retry_after_s = account ? 0 : account.error().retry_after_s;
    return account ? "" : account.error().error.code;
  }

  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(1'700'000'000'000);
  std::vector<std::string> warnings;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<Accounts> accounts;
  std::int64_t retry_after_s = 0;
};

}  // namespace footprint::access::testing
