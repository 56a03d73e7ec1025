// All that stands on accounts.sqlite, opened together.
//
// The parts are thread-safe each; they live as long as this.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/api_tokens.hpp"
#include "access/directory.hpp"
#include "access/links.hpp"
#include "access/mail.hpp"
#include "access/sessions.hpp"
#include "access/sign_in.hpp"

namespace footprint::access {

struct AccountsOptions {
  std::shared_ptr<const Clock> clock;  // none: the system's
  PasswordCost password_cost;
  std::string public_url;  // "https://plans.example.org", no slash behind it
  LinkLifetimes link_lifetimes;
  std::optional<MailSettings> mail;
  Mailer::Deliver deliver;  // instead of SMTP, for tests
  /// Roles that are not acted in without a second factor: "board_signatory".
  std::vector<std::string> second_factor_roles;
  /// Hears of what could not be written or sent; any thread.
  std::function<void(const Error&)> on_warning;
};

class Accounts {
 public:
  /// Takes `sessions` into the file, too; it outlives this. Errors: those of Directory::open, and
  /// "mail.password" (kInvalid: the file with the password cannot be read).
  static Result<std::unique_ptr<Accounts>> open(const std::string& path, Sessions& sessions,
                                                AccountsOptions options);

  Directory& directory() { return *directory_; }
  Sessions& sessions() { return sessions_; }
  ApiTokens& tokens() { return *tokens_; }
  Links& links() { return *links_; }
  SignIn& sign_in() { return *sign_in_; }
  /// Counts what may be asked for without a session: mails with links.
  Throttle& throttle() { return throttle_; }
  const AccountsOptions& options() const { return options_; }

  /// Queues the mail if SMTP is set up; whether it is on its way.
  bool mail(const Mail& mail);
  /// Blocking: tries what is due.
  void send_mail();
  /// Whoever waits for a mail server stops waiting.
  void stop() { *stopping_ = true; }
  /// Blocking, now and then: forgets what has expired, writes down what was used when.
  void tidy();
  /// Disabled or erased: whatever stands for the person ends now, open sockets within a second.
  Status end_everything(const PersonId& person);

 private:
  Accounts(Sessions& sessions, AccountsOptions options)
      : options_(std::move(options)), sessions_(sessions), throttle_(options_.clock) {}
  void warn(const Status& status) const;

  AccountsOptions options_;
  Sessions& sessions_;
  Throttle throttle_;
  std::unique_ptr<Directory> directory_;
  std::unique_ptr<ApiTokens> tokens_;
  std::unique_ptr<Links> links_;
  std::unique_ptr<SignIn> sign_in_;
  std::unique_ptr<Mailer> mailer_;  // none: no SMTP
  std::shared_ptr<std::atomic<bool>> stopping_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace footprint::access
