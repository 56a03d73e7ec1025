#include "access/oidc_http.hpp"

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <optional>

namespace footprint::access {

namespace {

constexpr long kConnectTimeoutMs = 5'000;
constexpr long kTimeoutMs = 10'000;
constexpr std::size_t kAnswerBytesMax = 512u << 10;

struct CurlFree {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};
using Curl = std::unique_ptr<CURL, CurlFree>;
using Url = std::unique_ptr<CURLU, CurlFree>;
using Headers = std::unique_ptr<curl_slist, CurlFree>;

struct UrlParts {
  std::string scheme, host;
};

std::optional<std::string> part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, CurlFree> owned(text);
  return std::string(text);
}

/// As curl itself will read it.
std::optional<UrlParts> parse_url(const std::string& text) {
  const Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    return std::nullopt;
  if (part(url.get(), CURLUPART_USER) || part(url.get(), CURLUPART_PASSWORD) ||
      part(url.get(), CURLUPART_FRAGMENT))
    return std::nullopt;
  auto scheme = part(url.get(), CURLUPART_SCHEME);
  auto host = part(url.get(), CURLUPART_HOST);
  if (!scheme || !host || !text.starts_with(*scheme + "://")) return std::nullopt;
  return UrlParts{std::move(*scheme), std::move(*host)};
}

bool is_loopback_name(const std::string& host) {
  return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

struct Received {
  std::string body;
  bool too_large = false;
};

std::size_t take_bytes(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& received = *static_cast<Received*>(into);
  received.too_large = received.body.size() + size * count > kAnswerBytesMax;
  if (received.too_large) return 0;
  received.body.append(bytes, size * count);
  return size * count;
}

/// Called by curl about once a second, and whenever something moves.
int look_at_stop(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<const std::atomic<bool>*>(stop) ? 1 : 0;
}

tl::unexpected<Error> unavailable(const std::string& url, const std::string& why) {
  return fail(ErrorKind::kUnavailable, "provider.unavailable",
              "No usable answer from " + url.substr(0, url.find('?')) + ": " + why + ".");
}

void set_limits(CURL* curl, bool loopback) {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, loopback ? "http,https" : "https");
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kTimeoutMs);
  if (loopback) curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
}

}  // namespace

bool is_provider_url(const std::string& url) {
  auto parts = parse_url(url);
  return parts &&
         (parts->scheme == "https" || (parts->scheme == "http" && is_loopback_name(parts->host)));
}

bool is_loopback_url(const std::string& url) {
  auto parts = parse_url(url);
  return parts && is_loopback_name(parts->host);
}

std::string percent_encoded(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

Result<OidcAnswer> fetch_by_curl(const OidcRequest& request, const std::atomic<bool>* stop) {
  static std::once_flag started;
  std::call_once(started, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  if (!is_provider_url(request.url)) return unavailable(request.url, "this address is not allowed");
  const Curl curl(curl_easy_init());
  if (!curl) return unavailable(request.url, "out of memory");
  Headers headers;
  for (const std::string& header : request.headers)
    headers.reset(curl_slist_append(headers.release(), header.c_str()));
  Received received;
  set_limits(curl.get(), is_loopback_url(request.url));
  curl_easy_setopt(curl.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &take_bytes);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &received);
  if (!request.form.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.form.data());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(request.form.size()));
  }
  if (stop != nullptr) {
    curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &look_at_stop);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(stop));
  }
  const CURLcode done = curl_easy_perform(curl.get());
  if (received.too_large) return unavailable(request.url, "it is too large");
  if (done != CURLE_OK) return unavailable(request.url, curl_easy_strerror(done));
  OidcAnswer answer;
  answer.body = std::move(received.body);
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  const char* content_type = nullptr;
  curl_easy_getinfo(curl.get(), CURLINFO_CONTENT_TYPE, &content_type);
  if (content_type != nullptr) answer.content_type = content_type;
  return answer;
}

}  // namespace footprint::access
