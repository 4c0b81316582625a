#include "btcw/notify/base_url.h"

#include <algorithm>

#include "btcw/base/percent.h"

namespace btcw {
namespace {

Error not_a_url(std::string_view what) {
  return {Errc::invalid_input, "not a url of the form http(s)://host/path" + std::string{what}};
}

// What comes behind "http://" or "https://"; empty: something else.
std::string_view after_scheme(std::string_view url) {
  if (url.starts_with("https://")) return url.substr(8);
  return url.starts_with("http://") ? url.substr(7) : std::string_view{};
}

bool is_plain(char c) {
  return c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\';
}

bool is_host(std::string_view host) {
  if (host.empty() || host[0] == ':') return false;
  const std::size_t end = host.rfind(']');
  const std::size_t colon = host.find(':', end == std::string_view::npos ? 0 : end);
  if (colon == std::string_view::npos) return true;
  const std::string_view port = host.substr(colon + 1);
  return !port.empty() && port.size() <= 5 &&
         std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<void> check(std::string_view url) {
  if (after_scheme(url).empty()) return not_a_url("");
  if (!std::all_of(url.begin(), url.end(), is_plain)) return not_a_url(": a character in it");
  const std::string_view authority = host_of(url);
  if (authority.find('@') != std::string_view::npos) return not_a_url(": user and password in it");
  if (!is_host(authority)) return not_a_url(": its host");
  if (url.find('#') != std::string_view::npos) return not_a_url(": a fragment in it");
  return {};
}

}  // namespace

std::string_view host_of(std::string_view url) {
  const std::string_view rest = after_scheme(url);
  return rest.substr(0, rest.find_first_of("/?#"));
}

Result<std::string> parse_webhook_url(std::string_view text) {
  if (auto checked = check(text); !checked) return std::move(checked).error();
  return std::string{text};
}

Result<std::string> parse_base_url(std::string_view text) {
  if (auto checked = check(text); !checked) return std::move(checked).error();
  if (text.find('?') != std::string_view::npos) return not_a_url(": a query in it");
  while (text.ends_with('/')) text.remove_suffix(1);
  return std::string{text};
}

std::string server_of(const ChannelUrl& url, std::string_view scheme, std::size_t segments) {
  std::string server = std::string{scheme} + "://" + url.host;
  if (url.port != 0) server += ':' + std::to_string(url.port);
  for (std::size_t i = 0; i < segments && i < url.path.size(); ++i) {
    server.append("/").append(percent_encode(url.path[i]));
  }
  return server;
}

}  // namespace btcw
