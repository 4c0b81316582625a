#include "btcw/base/host_port.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace btcw {
namespace {

Error wrong(const char* what) { return {Errc::invalid_input, what}; }

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

bool is_address_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
         c == '.';
}

Result<HostPort> with_port(HostPort read, std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
    return wrong("the port is no number from 1 to 65535");
  }
  read.port = port;
  return read;
}

}  // namespace

Result<HostPort> read_host_port(std::string_view text) {
  if (!text.starts_with('[')) {
    const std::size_t colon = text.find(':');
    const HostPort read{.host = text.substr(0, colon)};
    if (read.host.empty()) return wrong("no host");
    if (!std::all_of(read.host.begin(), read.host.end(), is_host_character)) {
      return wrong("a character that no host has");
    }
    return colon == std::string_view::npos ? read : with_port(read, text.substr(colon + 1));
  }
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos || close == 1) return wrong("no address in the brackets");
  const HostPort read{.host = text.substr(1, close - 1)};
  if (!std::all_of(read.host.begin(), read.host.end(), is_address_character)) {
    return wrong("no IPv6 address in the brackets");
  }
  const std::string_view rest = text.substr(close + 1);
  if (rest.empty()) return read;
  if (!rest.starts_with(':')) return wrong("text behind the brackets of the address");
  return with_port(read, rest.substr(1));
}

}  // namespace btcw
