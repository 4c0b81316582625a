#include "btcw/net/proxy_policy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <initializer_list>

namespace btcw {
namespace {

struct Address {
  std::array<unsigned char, 16> bytes{};
  std::size_t bits = 0;  // 32 or 128
};

std::optional<Address> parse_address(std::string_view text) {
  const std::string terminated{text};
  Address address;
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
    address.bits = 32;
    return address;
  }
  if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
    address.bits = 128;
    return address;
  }
  return std::nullopt;
}

bool have_same_prefix(const Address& a, const Address& b, std::size_t bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(a.bytes.begin(), a.bytes.begin() + whole, b.bytes.begin())) return false;
  if (bits % 8 == 0) return true;
  const unsigned mask = 0xffU << (8 - bits % 8);
  return ((a.bytes.at(whole) ^ b.bytes.at(whole)) & mask & 0xffU) == 0;
}

// `entry` is an address or a network.
bool contains_address(std::string_view entry, const Address& host) {
  const std::size_t slash = std::min(entry.find('/'), entry.size());
  std::string_view text = entry.substr(0, slash);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const auto network = parse_address(text);
  if (!network || network->bits != host.bits) return false;
  std::size_t bits = network->bits;
  if (slash < entry.size()) {
    const std::string_view digits = entry.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || end != digits.data() + digits.size() || bits > network->bits) {
      return false;
    }
  }
  return have_same_prefix(*network, host, bits);
}

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> entries;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(", \t"), list.size());
    std::string entry{list.substr(0, end)};
    for (char& character : entry) {
      if (character >= 'A' && character <= 'Z') {
        character = static_cast<char>(character - 'A' + 'a');
      }
    }
    if (!entry.empty()) entries.push_back(std::move(entry));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return entries;
}

// The first of these variables that is set and not empty.
std::string first_of(const Environment& environment,
                     std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const auto value = environment.get(name); value && !value->empty()) {
      return std::string{*value};
    }
  }
  return {};
}

}  // namespace

ProxyPolicy::ProxyPolicy(const HttpOptions& options, const Environment& environment)
    : for_http_{options.proxy_url}, for_https_{options.proxy_url}, for_mail_{options.proxy_url} {
  if (!options.proxy_url.empty()) {
    exceptions_ = split_list(options.no_proxy);
    return;
  }
  for_http_ = first_of(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
  for_https_ = first_of(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  for_mail_ = first_of(environment, {"smtp_proxy", "SMTP_PROXY", "all_proxy", "ALL_PROXY"});
  const std::string list = first_of(environment, {"no_proxy", "NO_PROXY"});
  exceptions_ = split_list(list + ',' + options.no_proxy);
}

const std::string& ProxyPolicy::way_of(std::string_view scheme) const {
  if (scheme == "https") return for_https_;
  return scheme == "smtp" || scheme == "smtps" ? for_mail_ : for_http_;
}

std::optional<std::string> ProxyPolicy::proxy_for(const HttpOrigin& origin) const {
  const std::string& proxy = way_of(origin.scheme);
  if (proxy.empty()) return std::nullopt;
  const bool is_exception =
      std::any_of(exceptions_.begin(), exceptions_.end(),
                  [&](const std::string& entry) { return is_proxy_exception(entry, origin.host); });
  if (is_exception) return std::nullopt;
  return proxy;
}

bool is_proxy_exception(std::string_view entry, std::string_view host) {
  if (entry == "*") return true;
  if (const auto address = parse_address(host)) return contains_address(entry, *address);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (entry.ends_with('.')) entry.remove_suffix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || !host.ends_with(entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

}  // namespace btcw
