#include "btcw/redis/redis_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "btcw/base/host_port.h"
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

bool is_visible_ascii(char c) { return c > ' ' && c < '\x7f'; }

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
  const auto read = read_host_port(text);
  if (!read) return wrong(read.error().message);
  url.host = read->host;
  if (read->port) url.port = *read->port;
  return {};
}

Result<void> read_database(std::string_view text, RedisUrl& url) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > kMostDatabase) {
    return wrong("the database is no number");
  }
  url.database = number;
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
