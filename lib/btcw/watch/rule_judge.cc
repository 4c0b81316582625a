#include "btcw/watch/rule_judge.h"

#include <algorithm>

namespace btcw {
namespace {

RuleDesk::Answers answers_of(const CacheEntry& tick) {
  // What is simulated is all that there is then.
  const bool is_any = tick.scope == CacheScope::any || tick.ticker.exchange.text() == "demo";
  return is_any ? RuleDesk::Answers::any : RuleDesk::Answers::exchange;
}

}  // namespace

Result<Flow> RuleJudge::on_ticks(std::span<const CacheEntry> ticks) {
  for (const CacheEntry& tick : ticks) {
    if (tickers_ < options_.skip) {
      skip(tick.ticker, answers_of(tick));
    } else {
      judge(tick.ticker, answers_of(tick));
    }
    ++tickers_;
  }
  if (tickers_ <= options_.skip) return Flow::go_on;
  return receiver_.settle(desk_, tickers_);
}

void RuleJudge::judge(const Ticker& ticker, RuleDesk::Answers answers) {
  const auto hand_on = [this](const AlertEvent& event) {
    ++events_;
    receiver_.on_event(event);
  };
  if (options_.time == RuleDesk::Time::recorded) {
    desk_.on_time(ticker.received, options_.time, hand_on);
  }
  desk_.on_ticker(ticker, answers, hand_on);
}

void RuleJudge::skip(const Ticker& ticker, RuleDesk::Answers answers) {
  desk_.skip_ticker(ticker, answers);
  const bool is_last = tickers_ + 1 == options_.skip;
  if (is_last) desk_.resume(ticker.received);
}

SteadyTime RuleJudge::due() const {
  SteadyTime due = receiver_.due();
  if (options_.time == RuleDesk::Time::recorded) return due;
  if (const auto time = desk_.due()) {
    const auto left = std::max(milliseconds{0}, *time - clock_.now());
    due = std::min(due, clock_.steady_now() + left);
  }
  return due;
}

Result<Flow> RuleJudge::on_time() {
  if (options_.time == RuleDesk::Time::real) {
    desk_.on_time(clock_.now(), options_.time, [this](const AlertEvent& event) {
      ++events_;
      receiver_.on_event(event);
    });
    auto settled = receiver_.settle(desk_, tickers_);
    if (!settled || *settled == Flow::stop) return settled;
  }
  if (auto tended = receiver_.tend(desk_); !tended) return std::move(tended).error();
  return Flow::go_on;
}

}  // namespace btcw
