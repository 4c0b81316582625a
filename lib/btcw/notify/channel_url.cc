#include "btcw/notify/channel_url.h"

#include <algorithm>
#include <charconv>

#include "btcw/base/percent.h"
#include "btcw/base/utf8.h"

namespace btcw {
namespace {

constexpr std::size_t kMaxBytes = 8192;
constexpr std::size_t kMaxScheme = 20;

Error not_a_channel_url(std::string_view why) {
  return {Errc::invalid_input,
          "not a channel url of the form scheme://\u2026: " + std::string{why}};
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = decode_utf8(text).bytes;
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

// nullopt also for control characters: they would end up in a header or an address.
std::optional<std::string> decoded(std::string_view text) {
  auto out = percent_decode(text);
  if (!out || !is_utf8(*out) || std::any_of(out->begin(), out->end(), is_control)) {
    return std::nullopt;
  }
  return out;
}

std::optional<std::string> read_scheme(std::string_view text) {
  if (text.empty() || text.size() > kMaxScheme) return std::nullopt;
  std::string scheme;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool is_letter = c >= 'a' && c <= 'z';
    const bool is_other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    if (!is_letter && (!is_other || scheme.empty())) return std::nullopt;
    scheme += c;
  }
  return scheme;
}

// Takes ":PORT" off the end of `host`; a colon with something else behind it belongs to the host,
// as in a Telegram token. False: a port that there is not.
bool take_port(std::string_view& host, int& port) {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string_view::npos) return true;
  const std::string_view digits = host.substr(colon + 1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return true;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  host = host.substr(0, colon);
  return read.ec == std::errc{} && port >= 1 && port <= 65535;
}

Result<void> read_authority(std::string_view text, ChannelUrl& url) {
  // The last '@': one in a password need not be encoded.
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view both = text.substr(0, at);
    const std::size_t colon = std::min(both.find(':'), both.size());
    auto user = decoded(both.substr(0, colon));
    auto password = decoded(both.substr(std::min(colon + 1, both.size())));
    if (!user || !password) return not_a_channel_url("the part before '@' cannot be decoded");
    url.user = *std::move(user);
    url.password = *std::move(password);
    text.remove_prefix(at + 1);
  }
  if (!take_port(text, url.port)) return not_a_channel_url("the port is not 1 to 65535");
  auto host = decoded(text);
  if (!host) return not_a_channel_url("the host cannot be decoded");
  url.host = *std::move(host);
  return {};
}

Result<void> read_path(std::string_view text, ChannelUrl& url) {
  while (!text.empty()) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    if (slash > 0) {
      auto segment = decoded(text.substr(0, slash));
      if (!segment) return not_a_channel_url("the path cannot be decoded");
      url.path.push_back(*std::move(segment));
    }
    text.remove_prefix(std::min(slash + 1, text.size()));
  }
  return {};
}

Result<void> read_query(std::string_view text, ChannelUrl& url) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto key = decoded(pair.substr(0, equals));
    auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!key || !value) return not_a_channel_url("the query cannot be decoded");
    url.query.insert_or_assign(*std::move(key), *std::move(value));
  }
  return {};
}

}  // namespace

Result<ChannelUrl> ChannelUrl::parse(std::string_view text) {
  if (text.size() > kMaxBytes) return not_a_channel_url("longer than 8192 bytes");
  const std::size_t slashes = text.find("://");
  if (slashes == std::string_view::npos) return not_a_channel_url("no scheme");
  auto scheme = read_scheme(text.substr(0, slashes));
  if (!scheme) return not_a_channel_url("no scheme");
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return not_a_channel_url("a control character in it");
  }
  ChannelUrl url{.scheme = *std::move(scheme)};
  std::string_view rest = text.substr(slashes + 3);
  const std::size_t question = std::min(rest.find('?'), rest.size());
  const std::string_view query = rest.substr(std::min(question + 1, rest.size()));
  rest = rest.substr(0, question);
  const std::size_t path = std::min(rest.find('/'), rest.size());
  if (auto read = read_authority(rest.substr(0, path), url); !read) return std::move(read).error();
  if (auto read = read_path(rest.substr(path), url); !read) return std::move(read).error();
  if (auto read = read_query(query, url); !read) return std::move(read).error();
  return url;
}

}  // namespace btcw
