#include "btcw/base/host_port.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

using namespace btcw;

TEST_CASE("a host is a name or an address, with a port or without") {
  struct Row {
    std::string_view text;
    std::string_view host;
    std::optional<std::uint16_t> port;
  };
  constexpr std::array kRows{
      Row{"cache", "cache", std::nullopt},
      Row{"my_host.example-1.com:80", "my_host.example-1.com", 80},
      Row{"10.0.0.1:65535", "10.0.0.1", 65535},
      Row{"[::1]", "::1", std::nullopt},
      Row{"[fe80::1:192.0.2.1]:1", "fe80::1:192.0.2.1", 1},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const auto read = read_host_port(row.text);
    REQUIRE(read);
    CHECK(read->host == row.host);
    CHECK(read->port == row.port);
  }
}

TEST_CASE("what is no host, and what is no port, is refused with the reason") {
  struct Row {
    std::string_view text;
    std::string_view reason;
  };
  constexpr std::array kRows{
      Row{"", "no host"},
      Row{":80", "no host"},
      Row{"a b", "a character that no host has"},
      Row{"h\xc3\xa4user", "a character that no host has"},
      Row{"a]", "a character that no host has"},
      Row{"[]", "no address in the brackets"},
      Row{"[::1", "no address in the brackets"},
      Row{"[localhost]", "no IPv6 address in the brackets"},
      Row{"[::1]80", "text behind the brackets of the address"},
      Row{"a:", "the port is no number from 1 to 65535"},
      Row{"a:0", "the port is no number from 1 to 65535"},
      Row{"a:65536", "the port is no number from 1 to 65535"},
      Row{"a:-1", "the port is no number from 1 to 65535"},
      Row{"a:80x", "the port is no number from 1 to 65535"},
      Row{"a:80:80", "the port is no number from 1 to 65535"},
      Row{"[::1]:", "the port is no number from 1 to 65535"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const auto read = read_host_port(row.text);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::invalid_input);
    CHECK(read.error().message == row.reason);
  }
}
