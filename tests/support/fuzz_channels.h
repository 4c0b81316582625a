#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/notify/channel.h"
#include "btcw/notify/http_outcome.h"
#include "btcw/notify/json_answer.h"
#include "btcw/notify/text/clean_text.h"
#include "btcw/notify/text/escape.h"
#include "btcw/notify/text/split_text.h"
#include "support/channel_ports.h"
#include "support/fake_channel_services.h"
#include "support/fuzz_base.h"

// What the fuzz target of the channels does with one input; a unit test replays its corpus.
namespace btcw::test {

inline void fuzz_text(std::string_view input) {
  const std::string text = clean_text(input);
  expect(is_valid_utf8(text));
  expect(clean_text(text) == text);
  expect(clean_line(input).find('\n') == std::string::npos);
  expect(text_of_html(escape_html(text)) == text);
  for (const TextCost cost : {cost_in_bytes, cost_in_utf16, cost_in_html_utf16}) {
    for (const std::string& piece :
         split_text(text, {.first = 16, .rest = 24, .cost = cost, .max_pieces = 100})) {
      expect(is_valid_utf8(piece));
      expect(total_cost(piece, cost) <= 24);
    }
  }
}

inline void fuzz_channel_url(std::string_view input) {
  auto adhoc = channel_from_url(input, "adhoc");
  if (!adhoc) return expect_sober(adhoc.error());
  ScriptedPorts world;
  auto channel = adhoc->kind->make(std::move(adhoc->settings), world.ports());
  if (!channel) return expect_sober(channel.error());
  expect(is_valid_utf8((*channel)->preview({.id = "1", .body = "b", .created = {}})));
}

// The input is what every service answers.
inline void fuzz_answer(std::string_view input) {
  (void)JsonAnswer::parse(input);
  for (const std::string_view type : {"telegram", "discord", "feishu", "bark", "serverchan"}) {
    for (const int status : {200, 400, 429}) {
      ScriptedPorts world;
      auto channel = make_channel(type, sample_values(type, "http://h.example"), world.ports());
      expect(channel.has_value());
      world.http.add(respond(status, std::string{input}));
      const Delivery delivery =
          deliver(**channel, world.http, {.id = "1", .body = "b", .created = {}});
      expect(status == 200 || delivery.result != DeliveryResult::delivered);
      expect(delivery.detail.size() < 512 && is_valid_utf8(delivery.detail));
      for (const char c : delivery.detail) expect(static_cast<unsigned char>(c) >= 0x20);
    }
  }
}

/// The first byte says which of the three.
inline void fuzz_channels(std::string_view input) {
  if (input.empty()) return;
  const char which = input[0];
  input.remove_prefix(1);
  if (which == 't') return fuzz_text(input);
  if (which == 'u') return fuzz_channel_url(input);
  fuzz_answer(input);
}

}  // namespace btcw::test
