#include "btcw/config/url_text.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>

using btcw::read_http_url;
using btcw::read_proxy_url;
using btcw::read_websocket_url;
using btcw::Result;

TEST_CASE("a URL is read into one form or refused") {
  using Reader = Result<std::string> (*)(std::string_view);
  struct Case {
    Reader read;
    std::string_view text;
    std::optional<std::string> url;  // nullopt: refused
  };
  const auto row = GENERATE(values<Case>({
      {read_http_url, "", ""},
      {read_http_url, "https://api.example.com", "https://api.example.com"},
      {read_http_url, "HTTP://127.0.0.1:9000/binance/", "http://127.0.0.1:9000/binance"},
      {read_http_url, "http://[::1]:80//", "http://[::1]:80"},
      {read_http_url, "http://a_b-c.d/x/y", "http://a_b-c.d/x/y"},
      {read_http_url, "api.example.com", std::nullopt},
      {read_http_url, "ftp://example.com", std::nullopt},
      {read_http_url, "ws://example.com", std::nullopt},
      {read_http_url, "://example.com", std::nullopt},
      {read_http_url, "http://", std::nullopt},
      {read_http_url, "http:///path", std::nullopt},
      {read_http_url, "http://host:0", std::nullopt},
      {read_http_url, "http://host:65536", std::nullopt},
      {read_http_url, "http://host:", std::nullopt},
      {read_http_url, "http://host:80x", std::nullopt},
      {read_http_url, "http://host:+80", std::nullopt},
      {read_http_url, "http://[::1", std::nullopt},
      {read_http_url, "http://[]", std::nullopt},
      {read_http_url, "http://[::1]80", std::nullopt},
      {read_http_url, "http://[xyz]", std::nullopt},
      {read_http_url, "http://ho st", std::nullopt},
      {read_http_url, "http://host/a b", std::nullopt},
      {read_http_url, "http://host/\n", std::nullopt},
      {read_http_url, "http://höst", std::nullopt},
      {read_http_url, "http://host/?a=b", std::nullopt},
      {read_http_url, "http://host#x", std::nullopt},
      {read_websocket_url, "wss://stream.example.com:9443/", "wss://stream.example.com:9443"},
      {read_websocket_url, "https://example.com", std::nullopt},
      {read_proxy_url, "socks5h://127.0.0.1:1080", "socks5h://127.0.0.1:1080"},
      {read_proxy_url, "socks5://proxy", "socks5://proxy"},
      {read_proxy_url, "http://proxy:3128/", "http://proxy:3128"},
      {read_proxy_url, "http://proxy:3128/path", std::nullopt},
      {read_proxy_url, "socks4://proxy", std::nullopt},
      {read_proxy_url, "proxy:3128", std::nullopt},
  }));
  CAPTURE(row.text);

  const Result<std::string> url = row.read(row.text);

  REQUIRE(url.has_value() == row.url.has_value());
  if (row.url) CHECK(*url == *row.url);
}

TEST_CASE("a URL that holds a user or a password is refused without being quoted") {
  const auto text =
      GENERATE(as<std::string_view>{}, "http://me:hunter2@proxy:3128", "me:hunter2@proxy:3128",
               "http://me:hun/hunter2@proxy", "ftp://hunter2@host", "http://host/?p=hunter2@");
  CAPTURE(text);
  for (const auto read : {read_http_url, read_websocket_url, read_proxy_url}) {
    const Result<std::string> url = read(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().message.find("hunter2") == std::string::npos);
  }
}
