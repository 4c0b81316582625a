#include "btcw/net/proxy_policy.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/net/http_url.h"

using btcw::Environment;
using btcw::HttpOptions;
using btcw::HttpOrigin;
using btcw::is_proxy_exception;
using btcw::parse_http_url;
using btcw::parse_proxy_url;
using btcw::ProxyPolicy;

TEST_CASE("an entry of no_proxy speaks of a host, of what is below it, or of a network") {
  struct Case {
    std::string_view entry;
    std::string_view host;
    bool matches;
  };
  const auto row = GENERATE(values<Case>({
      {"*", "anything", true},
      {"example.com", "example.com", true},
      {"example.com", "www.example.com", true},
      {"example.com", "badexample.com", false},
      {"example.com", "example.com.evil", false},
      {"example.com", "com", false},
      {".example.com", "example.com", true},
      {".example.com", "www.example.com", true},
      {"example.com.", "example.com", true},
      {"example.com", "example.com.", true},
      {"localhost", "localhost", true},
      {".", "example.com", false},
      {"", "example.com", false},
      {"127.0.0.1", "127.0.0.1", true},
      {"127.0.0.1", "127.0.0.11", false},
      {"0.0.1", "127.0.0.1", false},
      {"10.0.0.0/8", "10.255.1.2", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"192.168.1.128/25", "192.168.1.200", true},
      {"192.168.1.128/25", "192.168.1.100", false},
      {"0.0.0.0/0", "1.2.3.4", true},
      {"10.0.0.0/33", "10.0.0.0", false},
      {"10.0.0.0/x", "10.0.0.0", false},
      {"10.0.0.0/", "10.0.0.0", false},
      {"10.0.0.0/8", "fd00::1", false},
      {"::1", "::1", true},
      {"[::1]", "::1", true},
      {"0:0:0:0:0:0:0:1", "::1", true},
      {"fd00::/8", "fdff::1", true},
      {"fd00::/8", "fe00::1", false},
      {"10.0.0.0/8", "10.example.com", false},
  }));
  CAPTURE(row.entry, row.host);
  CHECK(is_proxy_exception(row.entry, row.host) == row.matches);
}

TEST_CASE("the proxy is the configured one, else that of the environment") {
  struct Case {
    std::string_view why;
    std::string_view configured;
    std::string_view no_proxy;
    std::map<std::string, std::string, std::less<>> environment;
    std::string_view scheme;
    std::optional<std::string_view> proxy;
  };
  const auto row = GENERATE(values<Case>({
      {"none", "", "", {}, "https", std::nullopt},
      {"configured", "http://p:1", "", {{"https_proxy", "http://q:2"}}, "https", "http://p:1"},
      {"configured, for http too", "http://p:1", "", {}, "http", "http://p:1"},
      {"excepted", "http://p:1", "x.org, HOST.example", {}, "https", std::nullopt},
      {"the environment excepts nothing from it",
       "http://p:1",
       "",
       {{"no_proxy", "*"}},
       "https",
       "http://p:1"},
      {"https", "", "", {{"https_proxy", "q"}, {"http_proxy", "r"}}, "https", "q"},
      {"http", "", "", {{"https_proxy", "q"}, {"http_proxy", "r"}}, "http", "r"},
      {"https in capitals", "", "", {{"HTTPS_PROXY", "q"}}, "https", "q"},
      {"http in capitals is a client's header",
       "",
       "",
       {{"HTTP_PROXY", "q"}},
       "http",
       std::nullopt},
      {"small before capital", "", "", {{"HTTPS_PROXY", "q"}, {"https_proxy", "s"}}, "https", "s"},
      {"empty is unset", "", "", {{"https_proxy", ""}, {"ALL_PROXY", "a"}}, "https", "a"},
      {"all", "", "", {{"all_proxy", "a"}}, "http", "a"},
      {"special before all", "", "", {{"all_proxy", "a"}, {"http_proxy", "r"}}, "http", "r"},
      {"excepted by the environment",
       "",
       "",
       {{"all_proxy", "a"}, {"NO_PROXY", "x,.example"}},
       "http",
       std::nullopt},
      {"excepted by the configuration from the environment's",
       "",
       "host.example",
       {{"all_proxy", "a"}},
       "http",
       std::nullopt},
  }));
  CAPTURE(row.why);
  HttpOptions options;
  options.proxy_url = row.configured;
  options.no_proxy = row.no_proxy;
  const ProxyPolicy policy{options, Environment{row.environment}};

  const auto proxy = policy.proxy_for({std::string{row.scheme}, "host.example", "443"});

  REQUIRE(proxy.has_value() == row.proxy.has_value());
  if (proxy) CHECK(*proxy == *row.proxy);
}

TEST_CASE("a URL is split into what decides where a request goes, and named without more") {
  struct Case {
    std::string url;
    std::string_view scheme;  // empty: refused
    std::string_view host;
    std::string_view port;
    std::string_view label;
  };
  const auto row = GENERATE(values<Case>({
      {"https://api.kraken.com/0?x#y", "https", "api.kraken.com", "443", "api.kraken.com"},
      {"HTTP://API.Kraken.com", "http", "api.kraken.com", "80", "api.kraken.com"},
      {"https://me:pw@host:8443/", "https", "host", "8443", "host:8443"},
      {"http://host:443/", "http", "host", "443", "host:443"},
      {"https://host:0443/", "https", "host", "443", "host"},
      {"http://[::1]:9000/", "http", "::1", "9000", "[::1]:9000"},
      {"http://[::1]/", "http", "::1", "80", "[::1]"},
      {"http://127.1/", "http", "127.0.0.1", "80", "127.0.0.1"},
      {"", "", "", "", ""},
      {"host/path", "", "", "", ""},
      {"http:/host", "", "", "", ""},
      {"http:///host", "", "", "", ""},
      {"http://", "", "", "", ""},
      {"http://host:0x50/", "", "", "", ""},
      {"http://host:65536/", "", "", "", ""},
      {"ftp://host/", "", "", "", ""},
      {"javascript://host/", "", "", "", ""},
      {"http://ho st/", "", "", "", ""},
      {"http://host/\n", "", "", "", ""},
  }));
  CAPTURE(row.url);

  const auto origin = parse_http_url(row.url);

  REQUIRE(origin.has_value() == !row.scheme.empty());
  if (!origin) {
    CHECK(origin.error().code == btcw::Errc::invalid_input);
    return;
  }
  CHECK(origin->scheme == row.scheme);
  CHECK(origin->host == row.host);
  CHECK(origin->port == row.port);
  CHECK(origin->label() == row.label);
}

TEST_CASE("a proxy's URL may lack its scheme and its port") {
  CHECK(*parse_proxy_url("host:3128") == HttpOrigin{"http", "host", "3128"});
  CHECK(*parse_proxy_url("ftp.host:3128") == HttpOrigin{"http", "ftp.host", "3128"});
  CHECK(*parse_proxy_url("socks5h://u:p@host") == HttpOrigin{"socks5h", "host", "1080"});
  CHECK(*parse_proxy_url("socks5://host:9050") == HttpOrigin{"socks5", "host", "9050"});
  CHECK(*parse_proxy_url("http://host") == HttpOrigin{"http", "host", "1080"});
  CHECK(*parse_proxy_url("https://host") == HttpOrigin{"https", "host", "443"});
  CHECK_FALSE(parse_proxy_url("ftp://host:1").has_value());
  CHECK_FALSE(parse_proxy_url("").has_value());
  CHECK_FALSE(parse_proxy_url("http://").has_value());
}
