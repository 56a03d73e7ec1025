#include "access/mail.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <vector>

#include "access/secrets.hpp"
#include "base/limits.hpp"

namespace footprint::access {

namespace {

constexpr std::int64_t kFirstRetryMs = 30'000;
constexpr std::int64_t kLastRetryMs = 30 * 60'000;
constexpr std::size_t kLineBytesMax = 900;
constexpr std::size_t kBase64LineBytes = 57;  // 76 characters
constexpr std::size_t kEncodedWordBytes = 42;

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t'; });
}

std::string base64(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();
  return text;
}

/// A header's text: control characters become spaces, anything but ASCII encoded words (RFC 2047).
std::string header_text(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  if (is_plain(text) && text.size() < kLineBytesMax / 2) return text;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.size(), at + kEncodedWordBytes);
    // A word ends between characters.
    while (end < text.size() && end > at && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
      --end;
    if (end == at) end = std::min(text.size(), at + kEncodedWordBytes);
    out +=
        (out.empty() ? "=?utf-8?B?" : "\r\n =?utf-8?B?") + base64(text.substr(at, end - at)) + "?=";
    at = end;
  }
  return out;
}

std::string date_text(UnixMs at_ms) {
  std::time_t seconds = at_ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d +0000",
                kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text.data();
}

bool has_long_line(std::string_view text) {
  std::size_t length = 0;
  for (char c : text) {
    length = c == '\n' ? 0 : length + 1;
    if (length > kLineBytesMax) return true;
  }
  return false;
}

std::int64_t retry_after(std::int64_t attempts) {
  std::int64_t wait_ms = kFirstRetryMs;
  for (std::int64_t i = 1; i < attempts && wait_ms < kLastRetryMs; ++i) wait_ms *= 2;
  return std::min(wait_ms, kLastRetryMs);
}

}  // namespace

std::string compose_message(const Mail& mail, const std::string& from, UnixMs at_ms,
                            const std::string& message_id) {
  bool plain = is_plain(mail.body) && !has_long_line(mail.body);
  std::string message = "Date: " + date_text(at_ms) + "\r\nFrom: Footprint <" + from +
                        ">\r\nTo: <" + mail.to + ">\r\nSubject: " + header_text(mail.subject) +
                        "\r\nMessage-ID: <" + message_id + from.substr(from.find('@')) +
                        ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: " +
                        (plain ? "7bit" : "base64") + "\r\n\r\n";
  if (!plain) {
    for (std::size_t at = 0; at < mail.body.size(); at += kBase64LineBytes)
      message += base64(std::string_view(mail.body).substr(at, kBase64LineBytes)) + "\r\n";
    return message;
  }
  for (char c : mail.body) {
    if (c == '\n') message += '\r';
    message += c;
  }
  return message;
}

Mailer::Mailer(Database& database, std::shared_ptr<const Clock> clock, std::string from,
               Deliver deliver)
    : database_(database),
      clock_(std::move(clock)),
      from_(std::move(from)),
      deliver_(std::move(deliver)) {}

Status Mailer::queue(const Mail& mail) {
  return database_.write([&](Connection& connection) -> Status {
    auto waiting = connection.rows("SELECT count(*) FROM mail");
    if (!waiting) return forward_error(waiting.error());
    if (static_cast<std::size_t>(waiting->front().number(0)) >= limits::kMailWaitingMax)
      return fail(ErrorKind::kUnavailable, "mail.full",
                  "Too much mail waits to be sent. Ask an administrator of this server.");
    return connection.run(
        "INSERT INTO mail(recipient, subject, body, expires_at, next_at) VALUES(?1, ?2, ?3, ?4, "
        "?5)",
        {mail.to, mail.subject, mail.body, mail.expires_ms, clock_->now_ms()});
  });
}

void Mailer::send_due(const std::function<void(const Error&, bool final)>& on_failure) {
  auto due = database_.write([&](Connection& connection) -> Result<std::vector<Row>> {
    UnixMs now_ms = clock_->now_ms();
    if (Status gone = connection.run("DELETE FROM mail WHERE expires_at <= ?1", {now_ms}); !gone)
      return forward_error(gone.error());
    return connection.rows(
        "SELECT id, recipient, subject, body, expires_at, attempts FROM mail WHERE next_at <= ?1 "
        "ORDER BY next_at LIMIT 20",
        {now_ms});
  });
  if (!due) return on_failure(due.error(), false);
  for (const Row& row : *due) {
    Mail mail{row.text(1), row.text(2), row.text(3), row.number(4)};
    UnixMs now_ms = clock_->now_ms();
    Status sent = deliver_(mail.to, compose_message(mail, from_, now_ms, random_hex(16)));
    bool again = !sent && sent.error().kind == ErrorKind::kIo;
    std::int64_t attempts = row.number(5) + 1;
    Status noted = database_.write([&](Connection& connection) {
      if (!again) return connection.run("DELETE FROM mail WHERE id = ?1", {row.number(0)});
      return connection.run("UPDATE mail SET attempts = ?2, next_at = ?3 WHERE id = ?1",
                            {row.number(0), attempts, now_ms + retry_after(attempts)});
    });
    if (!sent) on_failure(sent.error(), !again);
    if (!noted) on_failure(noted.error(), false);
  }
}

}  // namespace footprint::access
