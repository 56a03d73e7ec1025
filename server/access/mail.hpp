// Mail on its way: composed, kept in the database until an SMTP server has taken it, tried again
// when none did.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "access/sqlite.hpp"
#include "base/clock.hpp"

namespace footprint::access {

enum class MailTls : std::uint8_t { kStartTls, kTls, kNone };

struct MailSettings {
  std::string host;
  std::uint16_t port = 587;
  std::string from;  // an e-mail address
  std::string user;  // empty: the server asks for none
  std::string password_file;
  MailTls tls = MailTls::kStartTls;  // kNone: to this machine only
  std::string ca_file;               // whom to trust; empty: whom the system trusts
};

struct Mail {
  std::string to;  // a normalised address
  std::string subject;
  std::string body;       // plain text, lines end with \n
  UnixMs expires_ms = 0;  // worth nothing afterwards; dropped
};

/// The whole message, headers first, lines ended as SMTP wants them. What a subject holds cannot
/// end its header. Pure.
std::string compose_message(const Mail& mail, const std::string& from, UnixMs at_ms,
                            const std::string& message_id);

/// Thread-safe and blocking.
class Mailer {
 public:
  /// Errors (kIo) are tried again, all others are final.
  using Deliver = std::function<Status(const std::string& to, const std::string& message)>;

  Mailer(Database& database, std::shared_ptr<const Clock> clock, std::string from, Deliver deliver);

  /// On disk when it returns. Errors: "mail.full" (kUnavailable).
  Status queue(const Mail& mail);
  /// Tries what is due, one after another; waits for the SMTP server. `on_failure` hears of each
  /// that failed, without its text or recipient.
  void send_due(const std::function<void(const Error&, bool final)>& on_failure);

 private:
  Database& database_;
  std::shared_ptr<const Clock> clock_;
  const std::string from_;
  const Deliver deliver_;
};

/// Delivers by libcurl. `password` is what password_file holds; once `stopping`, whoever waits for
/// the mail server stops waiting.
Mailer::Deliver smtp_delivery(const MailSettings& settings, std::string password,
                              std::shared_ptr<const std::atomic<bool>> stopping);

}  // namespace footprint::access
