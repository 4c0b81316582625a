#pragma once

#include <string>
#include <string_view>

#include "btcw/notify/trade_signal.h"
#include "btcw/rules/message_template.h"
#include "btcw/rules/parser.h"
#include "btcw/signals/signal_template.h"
#include "support/fuzz_base.h"
#include "support/fuzz_rules.h"

// What the fuzz target of the messages' templates does with one input.
namespace btcw::test {

inline void fuzz_alert_template(std::string_view input) {
  const auto text = rules::MessageTemplate::parse(input);
  if (!text) return expect_sober(text.error());
  const rules::Rule rule{.condition = rules::parse_expression("last crosses above 100").value()};
  for (const Ticker& ticker : fuzz_tickers()) {
    const rules::Reading reading{
        .ticker = &ticker, .now = ticker.received, .indicators = {}, .prices = {}};
    const rules::Event event{.at = ticker.received, .since = ticker.received};
    const rules::MessageContext context{
        .name = "fuzz", .rule = rule, .reading = reading, .event = event};
    const std::string rendered = text->render(context);
    expect(rendered == text->render(context));
    // A field is three bytes at least, and says a hundred or so.
    expect(rendered.size() <= input.size() * 100 + 1);
  }
}

inline void fuzz_signal_template(std::string_view input) {
  const auto text = SignalTemplate::parse(input);
  if (!text) return expect_sober(text.error());
  const TradeSignal signal{.pair = "BTC/USDT",
                           .action = "buy",
                           .current_rate = "97123.40",
                           .indicators = {{"rsi", "31.5"}}};
  for (const SignalGrade grade : {SignalGrade::strong, SignalGrade::weak}) {
    const std::string rendered = text->render(signal, grade);
    expect(rendered == text->render(signal, grade));
    expect(rendered.size() <= input.size() * 100 + 1);
  }
}

inline void fuzz_template(std::string_view input) {
  fuzz_alert_template(input);
  fuzz_signal_template(input);
}

}  // namespace btcw::test
