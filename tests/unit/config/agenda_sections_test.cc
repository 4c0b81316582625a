#include "btcw/config/agenda_sections.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "support/config_text.h"

using btcw::Environment;
using btcw::test::lines_of;
using btcw::test::load_texts;

namespace {

std::vector<std::string> errors_of(std::string_view text) {
  return lines_of(load_texts({std::string{text}}, Environment{{{"HOME", "/home/me"}}}).errors);
}

}  // namespace

TEST_CASE("what is wrong with signals and heartbeats is told at its place") {
  struct Case {
    std::string_view text;
    std::string_view error;
  };
  const auto row = GENERATE(values<Case>({
      {"[signals]\nmessage = \"{par}\"\n", ":2:11: signals.message: column 2: no field \"par\""},
      {"[signals]\ntitle = \"{\"\n", ":2:9: signals.title: column 1: a { without }"},
      {"[signals]\nstrong = 0.5\n", ":2:10: signals.strong, medium and weak have to go down"},
      {"[signals]\nchannels = [\"none\"]\n",
       ":2:12: signals.channels: there is no channel \"none\""},
      {"[watch]\nping_url = \"https://me@h/x\"\n", ":2:12: watch.ping_url: expected an address"},
      {"[watch]\nping_url = \"https://h/x?a b\"\n", ":2:12: watch.ping_url: expected an address"},
      {"[[heartbeat]]\nname = \"a\"\n", "heartbeat[0].path"},
      {"[[heartbeat]]\nname = \"a\"\npath = \"/x\"\nmax_age = \"10s\"\nevery = \"11s\"\n",
       ":5:9: heartbeat[0].every: longer than max_age"},
      {"[[heartbeat]]\nname = \"a\"\npath = \"/x\"\n[[heartbeat]]\nname = \"a\"\npath = \"/y\"\n",
       ":5:8: heartbeat[1].name: another heartbeat has the name \"a\""},
      {"[[heartbeat]]\nname = \"a\"\npath = \"/x\"\nchannels = [\"none\"]\n",
       ":4:12: heartbeat[0].channels: there is no channel \"none\""},
      {"[[schedule]]\nname = \"a\"\nevery = \"1s\"\naction = \"drain\"\n[[schedule]]\nname = "
       "\"a\"\nevery = \"1s\"\naction = \"drain\"\n",
       ":6:8: schedule[1].name: another schedule has the name \"a\""},
  }));
  CAPTURE(row.text);
  const auto errors = errors_of(row.text);
  REQUIRE(errors.size() == 1);
  CHECK_THAT(errors.front(), Catch::Contains(std::string{row.error}));
}

TEST_CASE("an address for pings may have a query, and the channel that stands in is known") {
  CHECK(errors_of("[watch]\nping_url = \"https://hc-ping.com/abc?create=1\"\n").empty());
  CHECK(errors_of("[signals]\nchannels = [\"file\"]\n").empty());
}
