#include "btcw/queue/queue_name.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/queue/file_queue.h"
#include "support/fake_clock.h"
#include "support/seeded_random.h"

using namespace btcw;

namespace {

const UtcTime kNoon = parse_time("2026-11-22T12:00:00Z").value();

QueueName sample() { return {.due = kNoon, .sequence = 0x6a3f2b1c4d5e6, .id = "k3x9-q2_m7"}; }

}  // namespace

TEST_CASE("a queue name reads back as what it was made of") {
  struct Case {
    std::string_view why;
    QueueName name;
    std::string_view text;
  };
  auto urgent = sample();
  urgent.priority = Priority::urgent;
  auto low = sample();
  low.priority = Priority::low;
  auto tried = sample();
  tried.attempts = 7;
  auto doubtful = sample();
  doubtful.maybe_duplicate = true;
  doubtful.attempts = 99;
  auto partly = sample();
  partly.attempts = 1;
  partly.progress = {.delivered = 5, .plan = 0x9c3e};
  auto refused = sample();
  refused.progress = {.delivered = 5, .plan = 0x9c3e, .refused = 2};
  auto only_refused = sample();
  only_refused.progress = {.delivered = 0, .plan = 0x9c3e, .refused = 0x80000000U};
  auto all_bits = sample();
  all_bits.progress = {.delivered = 0xffffffffU, .plan = 1};
  auto first = sample();
  first.due = UtcTime{};
  first.sequence = 0;
  auto last = sample();
  last.due = parse_time("9999-12-31T23:59:59Z").value();
  last.sequence = UINT64_MAX;
  last.id = std::string(64, 'z');
  const auto row = GENERATE_COPY(values<Case>({
      {"plain", sample(), "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-q2_m7-a00.json"},
      {"urgent", urgent, "20261122T120000Z-0-0006a3f2b1c4d5e6-k3x9-q2_m7-a00.json"},
      {"low", low, "20261122T120000Z-2-0006a3f2b1c4d5e6-k3x9-q2_m7-a00.json"},
      {"attempts", tried, "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-q2_m7-a07.json"},
      {"may have arrived", doubtful, "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-q2_m7-d99.json"},
      {"some channels", partly, "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-q2_m7-a01.5.9c3e.json"},
      {"some refused", refused, "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-q2_m7-a00.5.9c3e.2.json"},
      {"one refused alone", only_refused,
       "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-q2_m7-a00.0.9c3e.80000000.json"},
      {"all channels", all_bits,
       "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-q2_m7-a00.ffffffff.0001.json"},
      {"smallest", first, "19700101T000000Z-1-0000000000000000-k3x9-q2_m7-a00.json"},
      {"largest", last,
       "99991231T235959Z-1-ffffffffffffffff-"
       "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-a00.json"},
  }));
  CAPTURE(row.why);

  CHECK(row.name.to_string() == row.text);
  const auto parsed = QueueName::parse(row.text);
  REQUIRE(parsed.has_value());
  CHECK(*parsed == row.name);
}

TEST_CASE("more than 99 attempts stay 99 in a queue name") {
  auto name = sample();
  name.attempts = 1000;
  CHECK(QueueName::parse(name.to_string())->attempts == 99);
}

TEST_CASE("a plan that no channel has answered is not kept in a queue name") {
  auto name = sample();
  name.progress = {.delivered = 0, .plan = 0x1234};
  CHECK(QueueName::parse(name.to_string())->progress == DeliveryProgress{});
}

TEST_CASE("what is not a queue name is refused") {
  const auto [why, text] = GENERATE(table<std::string_view, std::string_view>({
      {"empty", ""},
      {"suffix alone", ".json"},
      {"no suffix", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00"},
      {"other suffix", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00.json.1"},
      {"another program's", "2026-11-22T10:00:00.123456_1a2b3c4d.json"},
      {"yet another's", "20261122_100000_123456.json"},
      {"month 13", "20261322T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00.json"},
      {"30 February", "20260230T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00.json"},
      {"hour 24", "20261122T240000Z-1-0006a3f2b1c4d5e6-k3x9-a00.json"},
      {"minute 60", "20261122T126000Z-1-0006a3f2b1c4d5e6-k3x9-a00.json"},
      {"second 60", "20261122T120060Z-1-0006a3f2b1c4d5e6-k3x9-a00.json"},
      {"before 1970", "19691231T235959Z-1-0006a3f2b1c4d5e6-k3x9-a00.json"},
      {"signs for digits", "20261122T12-1-1Z-1-0006a3f2b1c4d5e6-k3x9-a00.json"},
      {"no such priority", "20261122T120000Z-3-0006a3f2b1c4d5e6-k3x9-a00.json"},
      {"sequence too short", "20261122T120000Z-1-006a3f2b1c4d5e6-k3x9-a00.json"},
      {"sequence not hexadecimal", "20261122T120000Z-1-0006a3f2b1c4d5eg-k3x9-a00.json"},
      {"no id", "20261122T120000Z-1-0006a3f2b1c4d5e6--a00.json"},
      {"no id and no dash", "20261122T120000Z-1-0006a3f2b1c4d5e6-a00.json"},
      {"id with a space", "20261122T120000Z-1-0006a3f2b1c4d5e6-k 9-a00.json"},
      {"id with a dot", "20261122T120000Z-1-0006a3f2b1c4d5e6-k.9-a00.json"},
      {"id of 65",
       "20261122T120000Z-1-0006a3f2b1c4d5e6-"
       "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-a00.json"},
      {"no attempts", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a.json"},
      {"attempts of one digit", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a0.json"},
      {"attempts of three digits", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a000.json"},
      {"attempts negative", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a-1.json"},
      {"attempts with another letter", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-b00.json"},
      {"progress without plan", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00.5.json"},
      {"progress with empty plan", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00.5..json"},
      {"progress with empty bits", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00..9c3e.json"},
      {"progress of 33 bits", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00.1ffffffff.9c3e.json"},
      {"plan of 17 bits", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00.5.19c3e.json"},
      {"no refused bits", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00.5.9c3e..json"},
      {"refused of 33 bits", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00.5.9c3e.1ffffffff.json"},
      {"a fourth part", "20261122T120000Z-1-0006a3f2b1c4d5e6-k3x9-a00.5.9c3e.2.2.json"},
      {"dots alone", "....................................................json"},
      {"dashes alone", "----------------------------------------------------.json"},
  }));
  CAPTURE(why, text);

  CHECK_FALSE(QueueName::parse(text).has_value());
}

TEST_CASE("no cut or changed byte of a queue name makes its reading go astray") {
  auto name = sample();
  name.progress = {.delivered = 5, .plan = 7, .refused = GENERATE(0U, 2U)};
  const auto text = name.to_string();
  for (std::size_t at = 0; at <= text.size(); ++at) {
    // What is cut is another program's, not ours with something missing.
    if (at < text.size()) CHECK_FALSE(QueueName::parse(text.substr(0, at)).has_value());
    for (const char c : {'\0', '-', '.', '0', 'z', '/', '\n', '\xff'}) {
      auto changed = text;
      if (at < text.size()) changed[at] = c;
      if (const auto parsed = QueueName::parse(changed))
        CHECK(QueueName::parse(parsed->to_string()) == parsed);
    }
  }
}

TEST_CASE("queue names sort as their messages are to be delivered") {
  std::vector<QueueName> names;
  for (const auto due : {kNoon, kNoon + seconds{1}, kNoon + std::chrono::hours{24 * 40}}) {
    for (const auto priority : {Priority::urgent, Priority::normal, Priority::low}) {
      for (const std::uint64_t sequence : {1U, 2U, 0x1000U}) {
        names.push_back({.due = due, .priority = priority, .sequence = sequence, .id = "b"});
      }
    }
  }
  std::vector<std::string> texts;
  for (const auto& name : names) texts.push_back(name.to_string());
  CHECK(std::is_sorted(texts.begin(), texts.end()));
}

TEST_CASE("a queue name holds no character that a shell, FAT or a URL minds") {
  auto name = sample();
  name.progress = {.delivered = 5, .plan = 7};
  CHECK(name.to_string().find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
        std::string::npos);
}

TEST_CASE("whole_second never makes a message due before its time, nor later than now") {
  struct Case {
    std::string_view why;
    std::string_view due;
    std::string_view now;
    std::string_view second;
  };
  const auto row = GENERATE(values<Case>({
      {"whole", "2026-11-22T12:00:00Z", "2026-11-22T11:00:00Z", "2026-11-22T12:00:00Z"},
      {"later", "2026-11-22T12:00:00.001Z", "2026-11-22T11:00:00Z", "2026-11-22T12:00:01Z"},
      {"now", "2026-11-22T12:00:00.999Z", "2026-11-22T12:00:00.999Z", "2026-11-22T12:00:00Z"},
      {"just after", "2026-11-22T12:00:00.999Z", "2026-11-22T12:00:00.998Z",
       "2026-11-22T12:00:01Z"},
      {"past", "2026-11-22T12:00:00.999Z", "2026-11-22T13:00:00Z", "2026-11-22T12:00:00Z"},
      {"last", "9999-12-31T23:59:59.999Z", "2026-11-22T13:00:00Z", "9999-12-31T23:59:59Z"},
  }));
  CAPTURE(row.why);
  CHECK(whole_second(parse_time(row.due).value(), parse_time(row.now).value()) ==
        parse_time(row.second).value());
}

TEST_CASE("whole_second keeps every time within what a name can hold") {
  CHECK(whole_second(UtcTime::max(), kNoon) == parse_time("9999-12-31T23:59:59Z").value());
  CHECK(whole_second(UtcTime::min(), kNoon) == UtcTime{});
  CHECK(whole_second(UtcTime{milliseconds{-1}}, kNoon) == UtcTime{});
}

TEST_CASE("a message id is 1 to 64 letters, digits, dashes and underscores") {
  CHECK(is_message_id("a"));
  CHECK(is_message_id("AZaz09-_"));
  CHECK(is_message_id(std::string(64, 'a')));
  CHECK_FALSE(is_message_id(""));
  CHECK_FALSE(is_message_id(std::string(65, 'a')));
  CHECK_FALSE(is_message_id("a b"));
  CHECK_FALSE(is_message_id("../a"));
  CHECK_FALSE(is_message_id("a.json"));
  CHECK_FALSE(is_message_id("\xc3\xa4"));
  CHECK_FALSE(is_message_id(std::string_view{"a\0b", 3}));
}

TEST_CASE("every file name gives a message id, different names different ones") {
  CHECK(message_id_from("order-17.json") == "order-17");
  const std::vector<std::string> names{"2026-11-22T10:00:00.123456_1a2b3c4d.json",
                                       "2026-11-22T10-00:00.123456_1a2b3c4d.json",
                                       "a b.json",
                                       "a\nb.json",
                                       "\xff\xfe.json",
                                       ".json",
                                       std::string(250, 'x') + ".json",
                                       std::string(249, 'x') + "y.json"};
  std::vector<std::string> ids;
  for (const auto& name : names) {
    ids.push_back(message_id_from(name));
    CHECK(is_message_id(ids.back()));
    CHECK(message_id_from(name) == ids.back());
  }
  std::sort(ids.begin(), ids.end());
  CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
}

TEST_CASE("message ids are valid, differ within a millisecond and sort by time") {
  const test::FakeClock clock;
  test::SeededRandom random;
  std::vector<std::string> same;
  for (int i = 0; i < 100; ++i) same.push_back(make_message_id(clock, random));
  clock.advance(milliseconds{1});
  const auto later = make_message_id(clock, random);
  for (const auto& id : same) {
    CHECK(is_message_id(id));
    CHECK(id.size() == 17);
    CHECK(id < later);
  }
  std::sort(same.begin(), same.end());
  CHECK(std::adjacent_find(same.begin(), same.end()) == same.end());
}
