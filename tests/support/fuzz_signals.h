#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "btcw/notify/trade_signal.h"
#include "btcw/notify/webhook_body.h"
#include "btcw/notify/webhook_json.h"
#include "btcw/notify/webhook_text.h"
#include "btcw/signals/signal_judge.h"
#include "support/fuzz_base.h"

// What the fuzz target of the bots' signals and of the webhooks' bodies does with one input.
namespace btcw::test {

inline bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
}

inline void expect_message(const Notification& message) {
  expect(!message.body.empty() || !message.title.empty());
  expect(is_webhook_utf8(message.title) && is_webhook_utf8(message.body));
  expect(is_one_line(message.title));
}

inline void fuzz_trade_signal(const WebhookValue& json, UtcTime now) {
  const auto signal = read_trade_signal(json);
  if (!signal) return expect_sober(signal.error());
  expect(!signal->pair.empty() && !signal->action.empty());
  expect(!signal->strength.is_negative() && signal->strength <= Decimal::from_parts(1, 0));
  for (const std::string& text : {signal->pair, signal->action, signal->strategy, signal->reason}) {
    expect(is_one_line(text));
  }
  const auto judge = SignalJudge::make({.weak = Decimal{}});
  expect(judge.has_value());
  ToldSignals told;
  const auto message = judge->judge(*signal, told, now);
  expect(message.has_value());
  expect_message(*message);
  // The same again is no news, over a restart too.
  ToldSignals kept = ToldSignals::read(told.to_text());
  expect(kept == told);
  expect(!judge->judge(*signal, kept, now).has_value());
}

inline void fuzz_signal(std::string_view input) {
  const UtcTime now = from_unix_ms(1'763'892'000'123);
  if (const auto json = read_webhook_json(input)) fuzz_trade_signal(*json, now);
  for (const WebhookSource source :
       {WebhookSource::freqtrade, WebhookSource::tradingview, WebhookSource::alertmanager}) {
    const auto messages = read_webhook(source, input, now);
    if (!messages) {
      expect_sober(messages.error());
      continue;
    }
    expect(!messages->empty());
    for (const Notification& message : *messages) expect_message(message);
  }
  const ToldSignals told = ToldSignals::read(input);
  expect(ToldSignals::read(told.to_text()) == told);
}

}  // namespace btcw::test
