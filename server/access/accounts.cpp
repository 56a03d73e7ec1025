#include "access/accounts.hpp"

#include <fstream>

namespace footprint::access {

namespace {

Result<std::string> secret_in(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line) || trimmed(line).empty())
    return fail(
        ErrorKind::kInvalid, "mail.password",
        "The file with the mail server's password, " + path + ", cannot be read or is empty.");
  return std::string(trimmed(line));
}

}  // namespace

Result<std::unique_ptr<Accounts>> Accounts::open(const std::string& path, Sessions& sessions,
                                                 AccountsOptions options) {
  if (!options.clock) options.clock = std::make_shared<SystemClock>();
  std::unique_ptr<Accounts> made(new Accounts(sessions, std::move(options)));
  const AccountsOptions& given = made->options_;
  auto directory = Directory::open(path, given.clock);
  if (!directory) return forward_error(directory.error());
  made->directory_ = std::move(*directory);
  Database& database = made->directory_->database();
  auto key = DigestKey::of(database);
  if (!key) return forward_error(key.error());
  auto tokens = ApiTokens::open(database, given.clock);
  if (!tokens) return forward_error(tokens.error());
  made->tokens_ = std::move(*tokens);
  made->links_ =
      std::make_unique<Links>(*made->directory_, *key, given.public_url, given.link_lifetimes);
  made->sign_in_ = std::make_unique<SignIn>(*made->directory_, *key, given.password_cost);
  if (given.mail) {
    auto password = secret_in(given.mail->password_file);
    if (!password) return forward_error(password.error());
    auto deliver = given.deliver
                       ? given.deliver
                       : smtp_delivery(*given.mail, std::move(*password), made->stopping_);
    made->mailer_ = std::make_unique<Mailer>(database, given.clock, given.mail->from, deliver);
  }
  auto on_warning = given.on_warning;
  Status kept = sessions.keep_in(database, [on_warning](const Error& error) {
    if (on_warning) on_warning(error);
  });
  if (!kept) return forward_error(kept.error());
  return made;
}

void Accounts::warn(const Status& status) const {
  if (!status && options_.on_warning) options_.on_warning(status.error());
}

bool Accounts::mail(const Mail& mail) {
  if (!mailer_ || mail.to.empty()) return false;
  Status queued = mailer_->queue(mail);
  warn(queued);
  return queued.has_value();
}

void Accounts::send_mail() {
  if (mailer_) mailer_->send_due([this](const Error& error, bool) { warn(forward_error(error)); });
}

void Accounts::tidy() {
  sessions_.tidy();
  warn(tokens_->tidy());
  warn(links_->tidy());
}

Status Accounts::end_everything(const PersonId& person) {
  sessions_.end_all(person);
  auto ended = tokens_->end(person);
  if (!ended) return forward_error(ended.error());
  return {};
}

}  // namespace footprint::access
