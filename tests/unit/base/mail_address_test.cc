#include "btcw/base/mail_address.h"

#include <catch2/catch.hpp>
#include <string>

using btcw::is_mail_address;

TEST_CASE("a mail address is told from what could steer a server or a header") {
  struct Case {
    std::string text;
    bool is_address;
  };
  const auto row = GENERATE(values<Case>({
      {"a@b", true},
      {"first.last+tag@mail.example.org", true},
      {"!#$%&'*+-/=?^_`{|}~@x-y.example", true},
      {"jürgen@bücher.example", true},
      {"me@[192.0.2.1]", true},
      {"me@[IPv6:2001:db8::1]", true},
      {std::string(64, 'a') + "@example.org", true},
      {std::string(65, 'a') + "@example.org", false},
      {"a@" + std::string(253, 'b'), false},
      {"", false},
      {"a", false},
      {"@", false},
      {"a@", false},
      {"@b", false},
      {"a@b@c", false},
      {".a@b", false},
      {"a.@b", false},
      {"a..b@c", false},
      {"a@.b", false},
      {"a@b.", false},
      {"a@-b", false},
      {"a b@c", false},
      {"a@b c", false},
      {"<a@b>", false},
      {"a@b>", false},
      {"a@b,c@d", false},
      {"\"a b\"@c", false},
      {"a@b\r\nRCPT TO:<x@y>", false},
      {"a\n@b", false},
      {std::string{"a@b\0", 4}, false},
      {"a@[]", false},
      {"a@[1.2.3.4", false},
      {"a@[1.2.3.4>]", false},
  }));
  CAPTURE(row.text);
  CHECK(is_mail_address(row.text) == row.is_address);
}
