#include "access/mail.hpp"

#include "server/access/accounts_testing.hpp"

using namespace footprint;
using namespace footprint::access;
using testing::TestAccounts;

namespace {

struct Outgoing {
  std::vector<std::pair<std::string, std::string>> sent;
  Status answer;
};

AccountsOptions with(Outgoing& outgoing) {
  AccountsOptions options;
  options.mail = MailSettings{};
  options.mail->host = "smtp.test";
  options.mail->from = "plans@example.org";
  options.deliver = [&outgoing](const std::string& to, const std::string& message) {
    outgoing.sent.emplace_back(to, message);
    return outgoing.answer;
  };
  return options;
}

}  // namespace

TEST_CASE("a message is plain text with headers that nothing can add to") {
  Mail mail{"tom@example.org", "Join\r\nBcc: evil@example.org", "Hello,\n\nline two\n", 0};
  std::string text = compose_message(mail, "plans@example.org", 1'700'000'000'000, "abc");
  CHECK(text ==
        "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nFrom: Footprint <plans@example.org>\r\n"
        "To: <tom@example.org>\r\nSubject: Join  Bcc: evil@example.org\r\n"
        "Message-ID: <abc@example.org>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
        "Hello,\r\n\r\nline two\r\n");
}

TEST_CASE("what is not ASCII is encoded, in the subject and in the text") {
  Mail mail{"tom@example.org", "Zo\xc3\xab\r\nX: y invites you", "Zo\xc3\xab", 0};
  std::string text = compose_message(mail, "plans@example.org", 0, "abc");
  CHECK(text.find("Subject: =?utf-8?B?Wm/DqyAgWDogeSBpbnZpdGVzIHlvdQ==?=\r\n") != text.npos);
  CHECK(text.find("Encoding: base64\r\n\r\nWm/Dqw==\r\n") != text.npos);
  std::string name;
  for (int i = 0; i < 50; ++i) name += "\xc3\xab";
  std::string long_text = compose_message({"a@b.c", name, "x", 0}, "p@b.c", 0, "m");
  for (std::size_t at = 0, end = 0; (end = long_text.find("\r\n", at)) != long_text.npos;
       at = end + 2)
    CHECK(end - at <= 998);
}

TEST_CASE("mail waits in the file until a server has taken it") {
  Outgoing outgoing;
  TestAccounts t(with(outgoing));
  UnixMs later = t.clock->now_ms() + 10'000'000;
  CHECK(t.accounts->mail({"tom@example.org", "S", "B\n", later}));
  outgoing.answer = fail(ErrorKind::kIo, "mail.not_sent", "no");
  t.accounts->send_mail();
  CHECK(outgoing.sent.size() == 1);
  CHECK(t.warnings == std::vector<std::string>{"mail.not_sent"});
  t.accounts->send_mail();
  CHECK(outgoing.sent.size() == 1);  // not before its time
  t.clock->advance_ms(30'000);
  t.accounts->send_mail();
  CHECK(outgoing.sent.size() == 2);
  t.clock->advance_ms(30'000);
  t.accounts->send_mail();
  CHECK(outgoing.sent.size() == 2);  // ever more slowly
  t.clock->advance_ms(30'000);
  outgoing.answer = Status();
  t.accounts->send_mail();
  CHECK(outgoing.sent.size() == 3);
  t.clock->advance_ms(3'600'000);
  t.accounts->send_mail();
  CHECK(outgoing.sent.size() == 3);  // gone
}

TEST_CASE("mail that a server refuses for good, or that came too late, is dropped") {
  Outgoing outgoing;
  TestAccounts t(with(outgoing));
  outgoing.answer = fail(ErrorKind::kInvalid, "mail.refused", "no such user");
  CHECK(t.accounts->mail({"tom@example.org", "S", "B", t.clock->now_ms() + 1'000'000}));
  t.accounts->send_mail();
  t.clock->advance_ms(60'000);
  t.accounts->send_mail();
  CHECK(outgoing.sent.size() == 1);
  CHECK(t.accounts->mail({"tom@example.org", "S", "B", t.clock->now_ms() + 1000}));
  t.clock->advance_ms(1000);
  t.accounts->send_mail();
  CHECK(outgoing.sent.size() == 1);
}

TEST_CASE("without SMTP nothing is queued") {
  TestAccounts t;
  CHECK_FALSE(t.accounts->mail({"tom@example.org", "S", "B", t.clock->now_ms() + 1000}));
}
