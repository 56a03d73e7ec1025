// The sending half of mail.hpp, by libcurl.
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

#include "access/mail.hpp"

namespace footprint::access {

namespace {

constexpr long kConnectTimeoutMs = 10'000;
constexpr long kTimeoutMs = 30'000;
constexpr long kPermanentFailure = 500;

struct Source {
  const std::string& message;
  std::size_t at = 0;
};

std::size_t give(char* to, std::size_t size, std::size_t count, void* from) {
  auto* source = static_cast<Source*>(from);
  std::size_t piece = std::min(size * count, source->message.size() - source->at);
  std::memcpy(to, source->message.data() + source->at, piece);
  source->at += piece;
  return piece;
}

int is_stopping(void* flag, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0;
}

struct Easy {
  CURL* handle = curl_easy_init();
  curl_slist* recipients = nullptr;
  ~Easy() {
    curl_slist_free_all(recipients);
    curl_easy_cleanup(handle);
  }
};

Status outcome(CURLcode code, CURL* handle, const char* detail) {
  if (code == CURLE_OK) return {};
  long answer = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer);
  // A server's "no, never" to this one message is final; what fails before is tried again.
  bool refused = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY;
  bool is_final = refused && answer >= kPermanentFailure;
  std::string why = *detail != '\0' ? detail : curl_easy_strerror(code);
  return fail(is_final ? ErrorKind::kInvalid : ErrorKind::kIo,
              is_final ? "mail.refused" : "mail.not_sent",
              "The mail server did not take a message (" + std::to_string(answer) + "): " + why);
}

void set_server(CURL* handle, const MailSettings& settings, const std::string& password) {
  bool tls = settings.tls == MailTls::kTls;
  std::string url =
      (tls ? "smtps://" : "smtp://") + settings.host + ":" + std::to_string(settings.port);
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  if (settings.tls != MailTls::kNone) {
    curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!settings.ca_file.empty())
      curl_easy_setopt(handle, CURLOPT_CAINFO, settings.ca_file.c_str());
  }
  if (!settings.user.empty()) {
    curl_easy_setopt(handle, CURLOPT_USERNAME, settings.user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, password.c_str());
  }
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, kTimeoutMs);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
}

Status send(const MailSettings& settings, const std::string& password,
            const std::atomic<bool>& stopping, const std::string& to, const std::string& message) {
  if (stopping) return fail(ErrorKind::kIo, "mail.not_sent", "The server is stopping.");
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  Easy easy;
  if (easy.handle == nullptr) return fail(ErrorKind::kIo, "mail.not_sent", "No memory for mail.");
  std::array<char, CURL_ERROR_SIZE> detail{};
  Source source{message};
  std::string sender = "<" + settings.from + ">", recipient = "<" + to + ">";
  set_server(easy.handle, settings, password);
  easy.recipients = curl_slist_append(nullptr, recipient.c_str());
  curl_easy_setopt(easy.handle, CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(easy.handle, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(easy.handle, CURLOPT_MAIL_RCPT, easy.recipients);
  curl_easy_setopt(easy.handle, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(easy.handle, CURLOPT_READDATA, &source);
  curl_easy_setopt(easy.handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy.handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy.handle, CURLOPT_XFERINFOFUNCTION, is_stopping);
  curl_easy_setopt(easy.handle, CURLOPT_XFERINFODATA, &stopping);
  CURLcode code = curl_easy_perform(easy.handle);
  return outcome(code, easy.handle, detail.data());
}

}  // namespace

Mailer::Deliver smtp_delivery(const MailSettings& settings, std::string password,
                              std::shared_ptr<const std::atomic<bool>> stopping) {
  return [settings, password = std::move(password), stopping = std::move(stopping)](
             const std::string& to, const std::string& message) {
    return send(settings, password, *stopping, to, message);
  };
}

}  // namespace footprint::access
