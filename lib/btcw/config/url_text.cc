#include "btcw/config/url_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "btcw/base/host_port.h"
#include "btcw/base/quoted.h"

namespace btcw {
namespace {

enum class UrlPath { allowed, none };

Error wrong(std::string_view what, std::string_view text) {
  return {Errc::invalid_input, fmt::format("{}: {}", what, btcw::quoted(text, 80))};
}

bool is_visible_ascii(char c) { return c > ' ' && c < '\x7f'; }

std::string expected_schemes(std::span<const std::string_view> schemes) {
  std::string out = "expected ";
  for (std::size_t i = 0; i < schemes.size(); ++i) {
    if (i > 0) out += i + 1 == schemes.size() ? " or " : ", ";
    out.append(schemes[i]).append("://");
  }
  return out + " and a host";
}

Result<std::string> read_url(std::string_view text, std::span<const std::string_view> schemes,
                             UrlPath paths) {
  if (text.empty()) return std::string{};
  const std::size_t colon = text.find("://");
  const std::string_view rest = colon == std::string_view::npos ? text : text.substr(colon + 3);
  // Wherever it stands: a password may hold a slash.
  if (text.find('@') != std::string_view::npos) {
    return Error{Errc::invalid_input, "a URL here must not hold a user or a password ('@')"};
  }
  std::string scheme{text.substr(0, colon == std::string_view::npos ? 0 : colon)};
  for (char& c : scheme) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end()) {
    return wrong(expected_schemes(schemes) + ", not", text);
  }
  if (!std::all_of(text.begin(), text.end(), is_visible_ascii)) {
    return wrong("a character that does not belong in a URL", text);
  }
  if (text.find_first_of("?#") != std::string_view::npos) {
    return wrong("a query or fragment does not belong in this URL", text);
  }
  const std::size_t slash = rest.find('/');
  if (!read_host_port(rest.substr(0, slash))) return wrong("not a host, or not a port", text);
  std::string_view path = slash == std::string_view::npos ? "" : rest.substr(slash);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (paths == UrlPath::none && !path.empty()) return wrong("a proxy has no path", text);
  return scheme.append("://").append(rest.substr(0, slash)).append(path);
}

}  // namespace

Result<std::string> read_http_url(std::string_view text) {
  static constexpr std::array<std::string_view, 2> kSchemes{"http", "https"};
  return read_url(text, kSchemes, UrlPath::allowed);
}

Result<std::string> read_websocket_url(std::string_view text) {
  static constexpr std::array<std::string_view, 2> kSchemes{"ws", "wss"};
  return read_url(text, kSchemes, UrlPath::allowed);
}

Result<std::string> read_proxy_url(std::string_view text) {
  static constexpr std::array<std::string_view, 4> kSchemes{"http", "https", "socks5", "socks5h"};
  return read_url(text, kSchemes, UrlPath::none);
}

}  // namespace btcw
