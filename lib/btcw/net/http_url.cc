#include "btcw/net/http_url.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace btcw {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { ::curl_url_cleanup(url); }
};
struct TextDeleter {
  void operator()(char* text) const { ::curl_free(text); }
};

constexpr std::array<std::string_view, 2> kHttpSchemes{"http", "https"};
constexpr std::array<std::string_view, 2> kMailSchemes{"smtp", "smtps"};
constexpr std::array<std::string_view, 6> kProxySchemes{"http",    "https",  "socks4",
                                                        "socks4a", "socks5", "socks5h"};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (::curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, TextDeleter> owned{text};
  return text;
}

std::string to_lower(std::string text) {
  for (char& character : text) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  }
  return text;
}

std::optional<HttpOrigin> parse(const std::string& text, unsigned flags) {
  // curl is content with one slash and with three, and then takes the path for the host.
  const std::size_t slashes = text.find("://");
  if (slashes == std::string::npos || text.substr(slashes + 3, 1) == "/") return std::nullopt;
  const std::unique_ptr<CURLU, UrlDeleter> url{::curl_url()};
  if (!url || ::curl_url_set(url.get(), CURLUPART_URL, text.c_str(), flags) != CURLUE_OK) {
    return std::nullopt;
  }
  HttpOrigin origin{.scheme = to_lower(part_of(url.get(), CURLUPART_SCHEME, 0)),
                    .host = to_lower(part_of(url.get(), CURLUPART_HOST, 0)),
                    .port = part_of(url.get(), CURLUPART_PORT, 0)};
  if (origin.host.starts_with('[')) origin.host = origin.host.substr(1, origin.host.size() - 2);
  if (origin.host.empty()) return std::nullopt;
  return origin;
}

template <typename Schemes>
bool is_one_of(const Schemes& schemes, std::string_view scheme) {
  return std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
}

}  // namespace

std::string HttpOrigin::label() const {
  const bool is_usual = (scheme == "http" && port == "80") || (scheme == "https" && port == "443");
  const std::string shown = host.find(':') == std::string::npos ? host : '[' + host + ']';
  return is_usual || port.empty() ? shown : shown + ':' + port;
}

Result<HttpOrigin> parse_http_url(const std::string& url) {
  auto origin = parse(url, 0);
  if (!origin || !is_one_of(kHttpSchemes, origin->scheme)) {
    return Error{Errc::invalid_input, "not a url of the form http(s)://host/path"};
  }
  if (origin->port.empty()) origin->port = origin->scheme == "https" ? "443" : "80";
  return *std::move(origin);
}

Result<HttpOrigin> parse_mail_url(const std::string& url) {
  auto origin = parse(url, CURLU_NON_SUPPORT_SCHEME);
  const std::string_view rest =
      origin ? std::string_view{url}.substr(url.find("://") + 3) : std::string_view{};
  if (!origin || !is_one_of(kMailSchemes, origin->scheme) ||
      rest.find_first_of("/?#@") != std::string_view::npos) {
    return Error{Errc::invalid_input, "not a url of the form smtp(s)://host:port"};
  }
  if (origin->port.empty()) origin->port = origin->scheme == "smtps" ? "465" : "587";
  return *std::move(origin);
}

Result<HttpOrigin> parse_proxy_url(const std::string& url) {
  // CURLU_GUESS_SCHEME would take ftp.example:3128 for an FTP server.
  auto origin =
      parse(url.find("://") == std::string::npos ? "http://" + url : url, CURLU_NON_SUPPORT_SCHEME);
  if (!origin || !is_one_of(kProxySchemes, origin->scheme)) {
    return Error{Errc::invalid_input,
                 "not a proxy url of the form http://host:port (or https, socks5, socks5h)"};
  }
  // What curl assumes.
  if (origin->port.empty()) origin->port = origin->scheme == "https" ? "443" : "1080";
  return *std::move(origin);
}

}  // namespace btcw
