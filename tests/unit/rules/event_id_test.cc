#include "btcw/rules/event_id.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "rule_samples.h"

using btcw::Symbol;
using btcw::rules::Event;
using btcw::rules::event_id;
using btcw::rules::EventKind;
using namespace btcw::test;
using namespace std::chrono_literals;

TEST_CASE("an event has one id, and no other event has it") {
  const auto btc = Symbol::parse("BTC/USDT").value();
  const auto eth = Symbol::parse("ETH/USDT").value();
  const Event event{.kind = EventKind::fired, .at = kStart, .since = kStart - 5s, .number = 7};
  const std::string id = event_id("breakout", btc, event);
  CHECK(id == event_id("breakout", btc, event));
  CHECK(id.substr(22) == "-1732290000000-f7");
  CHECK(id.starts_with("alert-"));
  CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);

  std::set<std::string> ids{id};
  const auto other = [&](Event changed) {
    return ids.insert(event_id("breakout", btc, changed)).second;
  };
  CHECK(ids.insert(event_id("breakou", btc, event)).second);
  CHECK(ids.insert(event_id("breakout", eth, event)).second);
  CHECK(ids.insert(event_id("breakoutB", Symbol::parse("TC/USDT").value(), event)).second);
  CHECK(other({.kind = EventKind::resolved, .at = kStart, .number = 7}));
  CHECK(other({.kind = EventKind::fired, .at = kStart + 1ms, .number = 7}));
  CHECK(other({.kind = EventKind::fired, .at = kStart, .number = 8}));
}
