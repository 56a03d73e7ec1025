// HTTP requests to a provider of single sign-on.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace footprint::access {

struct OidcRequest {
  std::string url;
  std::string form;                  // a body of application/x-www-form-urlencoded; empty: GET
  std::vector<std::string> headers;  // "Accept: application/json"
};

struct OidcAnswer {
  long status = 0;
  std::string content_type;
  std::string body;
};

/// Blocking. An answer of any status; errors: "provider.unavailable" (kUnavailable): no answer in
/// time, one too large, or no connection that can be trusted.
using OidcFetch = std::function<Result<OidcAnswer>(const OidcRequest&)>;

/// By libcurl: certificates are checked, redirects are not followed, ten seconds in all, answers up
/// to 512 KiB, proxies by the usual environment variables. Thread-safe.
/// Once `stop` is true it gives up at once.
Result<OidcAnswer> fetch_by_curl(const OidcRequest& request,
                                 const std::atomic<bool>* stop = nullptr);

/// An absolute URL by https, or by http of this very machine, without user or fragment.
bool is_provider_url(const std::string& url);
bool is_loopback_url(const std::string& url);

/// Percent-encoded for a query or a form.
std::string percent_encoded(std::string_view text);

}  // namespace footprint::access
