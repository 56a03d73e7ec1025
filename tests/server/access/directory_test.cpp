#include "access/directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "access/secrets.hpp"
#include "catch.hpp"

using namespace footprint;
using namespace footprint::access;

namespace {

std::shared_ptr<ManualClock> clock_at(UnixMs at_ms) {
  return std::make_shared<ManualClock>(at_ms);
}

std::unique_ptr<Directory> in_memory() {
  auto directory = Directory::open(":memory:", clock_at(1'000));
  REQUIRE(directory);
  return std::move(*directory);
}

template <typename T>
std::string code_of(const Result<T>& result) {
  return result ? "" : result.error().code;
}

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "footprint-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

}  // namespace

TEST_CASE("accounts outlive the process, in a file that only its owner reads") {
  Folder folder;
  std::string file = folder.path + "/accounts.sqlite";
  PersonId id;
  {
    auto directory = Directory::open(file, clock_at(7));
    REQUIRE(directory);
    auto made = (*directory)->create({"Priya Menon", "priya@example.org", "hash", true});
    REQUIRE(made);
    id = made->id;
    CHECK(is_valid_name(id.value));
    for (const auto& each : std::filesystem::directory_iterator(folder.path)) {
      struct stat info {};
      REQUIRE(::stat(each.path().c_str(), &info) == 0);
      CHECK((info.st_mode & 0777) == 0600);
    }
  }
  auto directory = Directory::open(file, clock_at(8));
  REQUIRE(directory);
  auto found = (*directory)->find(id);
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->name == "Priya Menon");
  CHECK((*found)->has_password);
  CHECK((*found)->created_at_ms == 7);
  CHECK((*directory)->known(id)->administrator);
  CHECK((*directory)->has_administrator());
}

TEST_CASE("a file of another kind or of a newer program is refused, not changed") {
  Folder folder;
  std::string file = folder.path + "/accounts.sqlite";
  {
    auto made = Directory::open(file, clock_at(0));
    REQUIRE(made);
  }
  {
    auto database = Database::open(file);
    REQUIRE(database);
    CHECK((*database)->read([](Connection& c) { return c.run("PRAGMA user_version=999"); }));
  }
  CHECK(code_of(Directory::open(file, clock_at(0))) == "accounts.newer");
  std::string other = folder.path + "/other.sqlite";
  {
    std::FILE* f = std::fopen(other.c_str(), "w");
    std::fputs(std::string(5000, 'x').c_str(), f);
    std::fclose(f);
  }
  auto refused = Directory::open(other, clock_at(0));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "accounts.unusable");
  CHECK(refused.error().kind == ErrorKind::kCorrupt);
}

TEST_CASE("a failed transaction leaves nothing behind") {
  auto directory = in_memory();
  Status failed = directory->database().write([](Connection& connection) -> Status {
    REQUIRE(connection.run("INSERT INTO meta(key, value) VALUES('a', x'00')"));
    return fail(ErrorKind::kInvalid, "no", "No.");
  });
  CHECK_FALSE(failed);
  auto rows = directory->database().read(
      [](Connection& connection) { return connection.rows("SELECT 1 FROM meta"); });
  REQUIRE(rows);
  CHECK(rows->empty());
}

TEST_CASE("an e-mail address belongs to one account") {
  auto directory = in_memory();
  CHECK(directory->create({"A", "a@example.org", {}, false}));
  CHECK(code_of(directory->create({"B", "a@example.org", {}, false})) == "account.email_taken");
  CHECK(directory->create({"C", {}, {}, false}));
  CHECK(directory->create({"D", {}, {}, false}));
  CHECK(directory->all()->size() == 3);
}

TEST_CASE("a provider's subject is always the same account") {
  auto directory = in_memory();
  Identity identity{"https://idp.test", "s-1", "Priya Menon", "Priya@Example.org", false};
  auto first = directory->of_identity(identity);
  REQUIRE(first);
  CHECK(first->name == "Priya Menon");
  CHECK(first->email == "priya@example.org");
  identity.name = "Another Name";
  CHECK(directory->of_identity(identity)->id == first->id);
  CHECK(directory->of_identity(identity)->name == "Priya Menon");
  identity.issuer = "https://other.test";
  identity.email = "else@example.org";
  CHECK(directory->of_identity(identity)->id != first->id);
  CHECK(directory->identities_of(first->id)->size() == 1);
  CHECK(code_of(directory->of_identity({"https://idp.test", "", "", "", false})) ==
        "account.identity");
}

TEST_CASE("a provider gets nobody's account by naming their e-mail, unless it is trusted to") {
  auto directory = in_memory();
  auto account = directory->create({"Local", "local@example.org", "hash", true});
  REQUIRE(account);
  Identity identity{"https://idp.test", "evil", "Evil", "local@example.org", false};
  CHECK(code_of(directory->of_identity(identity)) == "account.email_taken");
  identity.may_link = true;
  CHECK(directory->of_identity(identity)->id == account->id);
  identity.may_link = false;
  CHECK(directory->of_identity(identity)->id == account->id);
}

TEST_CASE("a disabled account signs in nowhere") {
  auto directory = in_memory();
  Identity identity{"https://idp.test", "s", "Somebody", "", false};
  auto account = directory->of_identity(identity);
  REQUIRE(account);
  REQUIRE(directory->set_status(account->id, AccountStatus::kDisabled));
  CHECK(code_of(directory->of_identity(identity)) == "account.disabled");
  CHECK(directory->known(account->id)->status == AccountStatus::kDisabled);
}

TEST_CASE("the last administrator stays") {
  auto directory = in_memory();
  auto first = directory->create({"A", "a@example.org", {}, true});
  REQUIRE(first);
  CHECK(code_of(directory->set_administrator(first->id, false)) == "account.last_administrator");
  CHECK(code_of(directory->set_status(first->id, AccountStatus::kDisabled)) ==
        "account.last_administrator");
  CHECK(code_of(directory->erase(first->id)) == "account.last_administrator");
  auto second = directory->create({"B", "b@example.org", {}, false});
  REQUIRE(directory->set_administrator(second->id, true));
  CHECK(directory->set_administrator(first->id, false));
  CHECK(code_of(directory->set_administrator(PersonId("nobody"), true)) == "account.unknown");
}

TEST_CASE("an erased person is forgotten, and the id is nobody else's") {
  auto directory = in_memory();
  Identity identity{"https://idp.test", "s", "Priya Menon", "priya@example.org", false};
  auto account = directory->of_identity(identity);
  REQUIRE(account);
  REQUIRE(directory->erase(account->id));
  CHECK(directory->known(account->id)->status == AccountStatus::kErased);
  CHECK(directory->known(account->id)->name.empty());
  CHECK(directory->all()->empty());
  CHECK(directory->identities_of(account->id)->empty());
  CHECK_FALSE(*directory->find_by_email("priya@example.org"));
  auto again = directory->of_identity(identity);
  REQUIRE(again);
  CHECK(again->id != account->id);
  CHECK(code_of(directory->rename(account->id, "Back")) == "account.unknown");
  CHECK(code_of(directory->erase(account->id)) == "account.unknown");
}

TEST_CASE("e-mail addresses are normalised, and nothing that could end a header is one") {
  CHECK(normalised_email("  Priya.Menon@Example.ORG \n") == "priya.menon@example.org");
  CHECK(normalised_email("o'brien+plans@nhs.example.uk") == "o'brien+plans@nhs.example.uk");
  for (const char* bad : {"", "priya", "@example.org", "a@", "a@b", "a@b.", "a@.b", "a@b..c",
                          "a b@example.org", "a@example.org\r\nBcc: x@y.z", "a@example.org>",
                          "a@b@c.d", "\"a\"@b.c", "a,b@c.d", "caf\xc3\xa9@example.org"})
    CHECK_FALSE(normalised_email(bad));
  CHECK_FALSE(normalised_email(std::string(65, 'a') + "@example.org"));
  CHECK_FALSE(normalised_email("a@" + std::string(260, 'b') + ".org"));
}

TEST_CASE("names are one line of text") {
  CHECK(normalised_name("  Zo\xc3\xab O'Neill \t") == "Zo\xc3\xab O'Neill");
  for (const char* bad :
       {"", "   ", "a\r\nb", "a\x01", "\xff", "\xc0\xaf", "a\xe2\x80\xa8z", "\xc2\x85"})
    CHECK_FALSE(normalised_name(bad));
  CHECK(normalised_name(std::string(100, 'a')));
  CHECK_FALSE(normalised_name(std::string(101, 'a')));
}

TEST_CASE("digests are the same with the key of the file, and others without") {
  auto directory = in_memory();
  auto key = DigestKey::of(directory->database());
  auto again = DigestKey::of(directory->database());
  REQUIRE(key);
  REQUIRE(again);
  CHECK(key->digest_of("secret") == again->digest_of("secret"));
  CHECK(key->digest_of("secret") != DigestKey().digest_of("secret"));
  CHECK(random_hex(32).size() == 64);
  CHECK(random_hex(8) != random_hex(8));
}
