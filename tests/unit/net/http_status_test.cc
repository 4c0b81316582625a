#include "btcw/net/http_status.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using btcw::describe;
using btcw::Errc;
using btcw::from_unix_ms;
using btcw::HttpHeaders;
using btcw::HttpResponse;
using btcw::milliseconds;
using btcw::parse_retry_after;
using btcw::require_success;
using btcw::seconds;
using btcw::UtcTime;

namespace {

// 2026-11-22T10:00:00.250Z
constexpr UtcTime kNow = from_unix_ms(1'795'341'600'250);
constexpr milliseconds kWeek = std::chrono::hours{7 * 24};

std::string describe_503(std::string body) {
  HttpResponse response;
  response.status = 503;
  response.body = std::move(body);
  return describe(response);
}

}  // namespace

TEST_CASE("Retry-After is read as seconds or an HTTP date, or not at all") {
  struct Case {
    std::string_view why;
    std::string_view value;
    std::optional<milliseconds> wait;  // nullopt: not read
  };
  const auto row = GENERATE(values<Case>({
      {"seconds", "120", seconds{120}},
      {"zero", "0", seconds{0}},
      {"leading zeros", "0007", seconds{7}},
      {"white space around it", " \t5 ", seconds{5}},
      {"fraction", "0.3", milliseconds{300}},
      {"fraction is rounded up", "1.0001", milliseconds{1001}},
      {"exact fraction is not rounded", "1.500000", milliseconds{1500}},
      {"a day", "86400", std::chrono::hours{24}},
      {"seven days", "604800", kWeek},
      {"over seven days", "604801", kWeek},
      {"over seven days by a fraction", "604800.5", kWeek},
      {"a unix time taken for seconds", "1795341660", kWeek},
      {"overflow of 64 bits", "99999999999999999999999999", kWeek},
      {"fixdate", "Sun, 22 Nov 2026 10:01:00 GMT", milliseconds{59'750}},
      {"rfc 850", "Sunday, 22-Nov-26 10:01:00 GMT", milliseconds{59'750}},
      {"rfc 850, Wednesday", "Wednesday, 25-Nov-26 10:00:00 GMT",
       milliseconds{3 * 86'400'000 - 250}},
      {"rfc 850, last century", "Sunday, 06-Nov-94 08:49:37 GMT", seconds{0}},
      {"rfc 850, 49 years on", "Friday, 22-Nov-75 10:00:00 GMT", kWeek},
      {"rfc 850, 50 years on is 50 years ago", "Monday, 22-Nov-76 10:00:00 GMT", seconds{0}},
      {"asctime", "Sun Nov 22 10:01:00 2026", milliseconds{59'750}},
      {"asctime, one digit", "Tue Dec  1 10:00:00 2026", kWeek},
      {"asctime, one digit, soon", "Sun Nov  2 10:00:00 2026", seconds{0}},
      {"leap second", "Sun, 22 Nov 2026 10:00:60 GMT", milliseconds{59'750}},
      {"wrong day of the week", "Mon, 22 Nov 2026 10:01:00 GMT", milliseconds{59'750}},
      {"past", "Sun, 06 Nov 1994 08:49:37 GMT", seconds{0}},
      {"far future", "Fri, 31 Dec 9999 23:59:59 GMT", kWeek},
      {"empty", "", std::nullopt},
      {"only spaces", "  ", std::nullopt},
      {"negative", "-5", std::nullopt},
      {"plus sign", "+5", std::nullopt},
      {"exponent", "1e3", std::nullopt},
      {"no digit before the point", ".5", std::nullopt},
      {"no digit after the point", "5.", std::nullopt},
      {"two points", "1.2.3", std::nullopt},
      {"unit", "5s", std::nullopt},
      {"word", "soon", std::nullopt},
      {"nan", "nan", std::nullopt},
      {"no such day", "Sun, 31 Feb 2027 10:00:00 GMT", std::nullopt},
      {"no such month", "Sun, 22 Nix 2026 10:00:00 GMT", std::nullopt},
      {"no such hour", "Sun, 22 Nov 2026 24:00:00 GMT", std::nullopt},
      {"no such minute", "Sun, 22 Nov 2026 10:60:00 GMT", std::nullopt},
      {"no such second", "Sun, 22 Nov 2026 10:00:61 GMT", std::nullopt},
      {"day zero", "Sun, 00 Nov 2026 10:00:00 GMT", std::nullopt},
      {"letters for digits", "Sun, 2x Nov 2026 10:00:00 GMT", std::nullopt},
      {"another zone", "Sun, 22 Nov 2026 10:01:00 CET", std::nullopt},
      {"no zone", "Sun, 22 Nov 2026 10:01:00", std::nullopt},
      {"text after it", "Sun, 22 Nov 2026 10:01:00 GMT x", std::nullopt},
      {"cut short", "Sun, 22 Nov 2026 10:0", std::nullopt},
      {"rfc 3339", "2026-11-22T10:01:00Z", std::nullopt},
  }));
  CAPTURE(row.why, row.value);

  const auto at = parse_retry_after(row.value, kNow);

  REQUIRE(at.has_value() == row.wait.has_value());
  if (row.wait) CHECK(*at - kNow == *row.wait);
}

TEST_CASE("a status says what to do about it") {
  struct Case {
    int status;
    std::optional<Errc> code;  // nullopt: success
  };
  const auto row = GENERATE(values<Case>({
      {200, std::nullopt},       {201, std::nullopt},      {204, std::nullopt},
      {299, std::nullopt},       {301, Errc::rejected},    {304, Errc::rejected},
      {400, Errc::rejected},     {401, Errc::rejected},    {403, Errc::rejected},
      {404, Errc::not_found},    {408, Errc::unavailable}, {410, Errc::rejected},
      {418, Errc::rate_limited}, {425, Errc::unavailable}, {429, Errc::rate_limited},
      {451, Errc::rejected},     {500, Errc::unavailable}, {502, Errc::unavailable},
      {503, Errc::unavailable},  {504, Errc::unavailable}, {520, Errc::unavailable},
      {599, Errc::unavailable},  {600, Errc::rejected},    {199, Errc::rejected},
  }));
  CAPTURE(row.status);

  const auto result = require_success({.status = row.status, .body = "text", .received = kNow});

  REQUIRE(result.has_value() == !row.code.has_value());
  if (result) {
    CHECK(result->body == "text");
    return;
  }
  CHECK(result.error().code == *row.code);
  CHECK(result.error().message == "HTTP " + std::to_string(row.status) + ": text");
  CHECK(result.error().retry_at.has_value() == (row.code == Errc::rate_limited));
}

TEST_CASE("a rate limit ends when Retry-After says so, else after the fallback") {
  struct Case {
    std::string_view why;
    HttpHeaders headers;
    milliseconds wait;
  };
  const auto row = GENERATE(values<Case>({
      {"seconds", {{"retry-after", "7"}}, seconds{7}},
      {"date", {{"retry-after", "Sun, 22 Nov 2026 10:01:00 GMT"}}, milliseconds{59'750}},
      {"none", {}, seconds{30}},
      {"not readable", {{"retry-after", "later"}}, seconds{30}},
      {"zero", {{"retry-after", "0"}}, seconds{0}},
  }));
  CAPTURE(row.why);

  const auto result =
      require_success({.status = 429, .headers = row.headers, .received = kNow}, seconds{30});

  REQUIRE_FALSE(result.has_value());
  REQUIRE(result.error().retry_at.has_value());
  CHECK(*result.error().retry_at - kNow == row.wait);
}

TEST_CASE("the description of an answer is one harmless line") {
  struct Case {
    std::string_view why;
    std::string_view body;
    std::string_view expected;
  };
  const auto row = GENERATE(values<Case>({
      {"empty", "", "HTTP 503"},
      {"text", "upstream connect error", "HTTP 503: upstream connect error"},
      {"lines become spaces", " a\r\n\tb \n", "HTTP 503: a b"},
      {"HTML is left out", "\n<!DOCTYPE html><html>", "HTTP 503"},
      {"escape sequences lose their escape", "\x1b[31mred\x07", "HTTP 503: [31mred"},
      {"C1 controls go", "a\xc2\x9bz", "HTTP 503: az"},
      {"a zero byte goes", {"a\0z", 3}, "HTTP 503: az"},
      {"UTF-8 stays", "größer 中", "HTTP 503: größer 中"},
      {"not UTF-8", "a\xff\xc3", "HTTP 503: a??"},
      {"overlong, and a surrogate",
       "a\xe0\x99\x90"
       "b\xed\xa0\x80",
       "HTTP 503: a???b???"},
  }));
  CAPTURE(row.why);

  CHECK(describe_503(std::string{row.body}) == row.expected);
}

TEST_CASE("the description of a long answer is cut, never inside a character") {
  CHECK(describe_503(fmt::format("{:x>300}", "")) == fmt::format("HTTP 503: {:x>200}…", ""));
  CHECK(describe_503(fmt::format("{:x>199}ä", "")) == fmt::format("HTTP 503: {:x>199}…", ""));
  CHECK(describe_503(fmt::format("{:x>198}ä", "")) == fmt::format("HTTP 503: {:x>198}ä", ""));
}
