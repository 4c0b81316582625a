#include "btcw/redis/redis_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "btcw/base/percent.h"

namespace btcw {
namespace {

constexpr std::uint32_t kMostDatabase = 1'000'000;
/// What sockaddr_un holds beside its closing zero.
constexpr std::size_t kMaxSocketPath = 107;
constexpr std::size_t kMaxPrefix = 64;

Error wrong(std::string_view what) {
  return {Errc::invalid_input, fmt::format("not a URL of Redis: {}", what)};
}

template <typename T>
std::optional<T> read_number(std::string_view text, T least, T most) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (number < least || number > most) return std::nullopt;
  return number;
}

bool is_visible_ascii(char c) { return c > ' ' && c < '\x7f'; }

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

bool is_address_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
         c == '.';
}

/// The decoded text; nullopt as well for a NUL, which no C string holds.
std::optional<std::string> decoded(std::string_view text) {
  auto plain = percent_decode(text);
  if (plain && plain->find('\0') != std::string::npos) return std::nullopt;
  return plain;
}

Result<void> read_user(std::string_view text, RedisUrl& url) {
  const std::size_t colon = text.find(':');
  auto user = decoded(text.substr(0, colon));
  if (!user) return wrong("the user is not percent-encoded as it should be");
  url.user = *std::move(user);
  if (colon == std::string_view::npos) return {};
  auto password = decoded(text.substr(colon + 1));
  if (!password) return wrong("the password is not percent-encoded as it should be");
  url.password = Secret{*std::move(password)};
  return {};
}

Result<void> read_host(std::string_view text, RedisUrl& url) {
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close == 1) return wrong("no address in the brackets");
    const std::string_view address = text.substr(1, close - 1);
    if (!std::all_of(address.begin(), address.end(), is_address_character)) {
      return wrong("no IPv6 address in the brackets");
    }
    url.host = address;
    text.remove_prefix(close + 1);
    if (text.empty()) return {};
    if (text.front() != ':') return wrong("text behind the brackets of the address");
    port = text.substr(1);
  } else {
    const std::size_t colon = text.find(':');
    const std::string_view host = text.substr(0, colon);
    if (host.empty()) return wrong("no host");
    if (!std::all_of(host.begin(), host.end(), is_host_character)) {
      return wrong("a character that no host has");
    }
    url.host = host;
    if (colon == std::string_view::npos) return {};
    port = text.substr(colon + 1);
  }
  const auto number = read_number<std::uint16_t>(port, 1, 65535);
  if (!number) return wrong("the port is no number from 1 to 65535");
  url.port = *number;
  return {};
}

Result<void> read_database(std::string_view text, RedisUrl& url) {
  const auto number = read_number<std::uint32_t>(text, 0, kMostDatabase);
  if (!number) return wrong("the database is no number");
  url.database = *number;
  return {};
}

Result<void> read_query(std::string_view query, RedisUrl& url) {
  constexpr std::string_view kDatabase = "db=";
  if (query.substr(0, kDatabase.size()) != kDatabase) return wrong("only ?db=N is understood");
  return read_database(query.substr(kDatabase.size()), url);
}

Result<RedisUrl> read_tcp(std::string_view authority, std::string_view path) {
  RedisUrl url;
  if (auto read = read_host(authority, url); !read) return std::move(read).error();
  if (path.size() <= 1) return url;
  if (auto read = read_database(path.substr(1), url); !read) return std::move(read).error();
  return url;
}

Result<RedisUrl> read_unix(std::string_view authority, std::string_view path) {
  if (!authority.empty()) return wrong("unix:// is followed by an absolute path: unix:///run/...");
  auto plain = decoded(path);
  if (!plain) return wrong("the path is not percent-encoded as it should be");
  if (plain->size() <= 1) return wrong("no path of a socket");
  if (plain->size() > kMaxSocketPath) return wrong("the path is longer than that of a socket");
  RedisUrl url;
  url.host.clear();
  url.socket_path = *std::move(plain);
  return url;
}

}  // namespace

Result<RedisUrl> RedisUrl::parse(std::string_view text) {
  if (text.empty()) return RedisUrl{};
  if (!std::all_of(text.begin(), text.end(), is_visible_ascii)) {
    return wrong("a character that belongs in no URL; %XX stands for it");
  }
  const std::size_t colon = text.find("://");
  const std::string_view scheme = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  if (scheme == "rediss") {
    return wrong(
        "rediss:// needs TLS, which hiredis does not have here: let stunnel or a VPN "
        "carry redis://");
  }
  if (scheme != "redis" && scheme != "unix") {
    return wrong("it begins with redis:// or unix://");
  }
  std::string_view rest = text.substr(colon + 3);
  if (rest.find('#') != std::string_view::npos) return wrong("a fragment; %23 stands for #");
  std::optional<std::string_view> query;
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view authority = rest.substr(0, slash);
  const std::string_view path = rest.substr(slash);
  if (path.find('@') != std::string_view::npos) {
    return wrong("a '/' or '@' behind the host; %2F and %40 stand for them in a password");
  }
  std::optional<std::string_view> user;
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    user = authority.substr(0, at);
    authority = authority.substr(at + 1);
  }
  auto url = scheme == "unix" ? read_unix(authority, path) : read_tcp(authority, path);
  if (!url) return url;
  if (user) {
    if (auto read = read_user(*user, *url); !read) return std::move(read).error();
  }
  if (query) {
    if (auto read = read_query(*query, *url); !read) return std::move(read).error();
  }
  return url;
}

Result<RedisUrl> RedisUrl::of(const RedisOptions& options, RedisInstance instance) {
  const bool apart = instance == RedisInstance::durable && !options.durable_url.empty();
  const Secret& password = apart ? options.durable_password : options.password;
  auto url = parse((apart ? options.durable_url : options.url).reveal());
  if (!url) return url;
  if (!password.empty()) url->password = password.clone();
  if (!url->user.empty() && url->password.empty()) return wrong("a user without a password");
  return url;
}

RedisUrl RedisUrl::clone() const {
  return {.host = host,
          .port = port,
          .socket_path = socket_path,
          .user = user,
          .password = password.clone(),
          .database = database};
}

std::string RedisUrl::label() const {
  const std::string shown_database = database == 0 ? "" : fmt::format("/{}", database);
  if (host.empty()) return socket_path + (database == 0 ? "" : fmt::format("?db={}", database));
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}{}", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port,
                     shown_database);
}

Result<std::string> read_redis_prefix(std::string_view text) {
  if (text.size() > kMaxPrefix) return Error{Errc::invalid_input, "longer than 64 bytes"};
  if (!std::all_of(text.begin(), text.end(), is_visible_ascii)) {
    return Error{Errc::invalid_input, "white space or a character that is not ASCII"};
  }
  return std::string{text};
}

}  // namespace btcw
