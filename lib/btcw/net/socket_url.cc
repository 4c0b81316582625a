#include "btcw/net/socket_url.h"

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

Error not_a_url() { return {Errc::invalid_input, "not a url of the form ws(s)://host/path"}; }

}  // namespace

Result<SocketUrl> parse_socket_url(const std::string& url) {
  // "ws" becomes "http", "wss" "https".
  if (!url.starts_with("ws://") && !url.starts_with("wss://")) return not_a_url();
  const std::string as_http = "http" + url.substr(2);
  auto origin = parse_http_url(as_http);
  if (!origin) return not_a_url();
  const std::size_t host = as_http.find("://") + 3;
  const std::size_t path = as_http.find_first_of("/?#", host);
  std::string target = path == std::string::npos ? "/" : as_http.substr(path);
  target.resize(std::min(target.find('#'), target.size()));
  if (!target.starts_with('/')) target.insert(0, "/");
  for (const char c : target) {
    if (c <= ' ' || c == '\x7f') return not_a_url();
  }
  return SocketUrl{*std::move(origin), std::move(target)};
}

}  // namespace btcw
