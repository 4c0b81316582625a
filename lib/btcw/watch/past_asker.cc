#include "btcw/watch/past_asker.h"

#include <algorithm>
#include <string>
#include <utility>

namespace btcw {
namespace {

// More than any exchange tells with one answer.
constexpr std::int64_t kMostCandles = 5'000;

CandleRequest request_of(const PastQuestion& question) {
  const PastNeed& need = question.need;
  return {.exchange = question.exchange,
          .symbol = question.about.symbol,
          .interval = need.interval,
          .count = static_cast<int>(std::min(need.reach / need.interval + 1, kMostCandles))};
}

}  // namespace

Result<Flow> PastAsker::on_ticks(std::span<const CacheEntry> ticks) {
  static_cast<void>(ticks);
  if (RuleDesk* const desk = ports_.desk()) {
    desk->take_questions([this](const PastQuestion& question) { waiting_.push_back(question); });
  }
  return Flow::go_on;
}

SteadyTime PastAsker::due() const {
  const bool at_once = asked_ ? job_->fd() < 0 : !waiting_.empty();
  return at_once ? SteadyTime::min() : SteadyTime::max();
}

Result<Flow> PastAsker::on_time() {
  if (asked_) take_answer();
  if (!asked_) ask_next();
  return Flow::go_on;
}

Result<void> PastAsker::finish() {
  job_.reset();
  asked_.reset();
  waiting_.clear();
  return {};
}

void PastAsker::take_answer() {
  const auto answer = job_->take();
  if (!answer) return;
  const PastQuestion question = *std::exchange(asked_, std::nullopt);
  if (!*answer) {
    tell(question, answer->error());
    return complete(question, {});
  }
  ports_.log.debug("candles of the exchange", {{"exchange", question.exchange.text()},
                                               {"symbol", question.about.symbol.text()},
                                               {"interval", to_string(question.need.interval)},
                                               {"count", std::to_string((*answer)->size())}});
  complete(question, **answer);
}

void PastAsker::ask_next() {
  if (waiting_.empty()) return job_.reset();
  if (!job_) {
    auto job = ports_.open();
    if (!job) {
      ports_.log.warning("exchanges are not asked for the past: " + job.error().message);
      for (const PastQuestion& question : std::exchange(waiting_, {})) complete(question, {});
      return;
    }
    job_ = *std::move(job);
  }
  asked_ = std::move(waiting_.front());
  waiting_.pop_front();
  job_->start(request_of(*asked_));
}

void PastAsker::complete(const PastQuestion& question, std::span<const Candle> candles) {
  if (RuleDesk* const desk = ports_.desk()) {
    desk->complete_past(question, candles, ports_.clock.now());
  }
}

void PastAsker::tell(const PastQuestion& question, const Error& error) {
  // That there are none is no trouble.
  const bool is_trouble = error.code != Errc::invalid_input;
  const bool first = is_trouble && told_.insert(question.exchange).second;
  ports_.log.write(first ? LogLevel::warning : LogLevel::debug,
                   "the exchange tells nothing of the past, indicators take their time",
                   {{"exchange", question.exchange.text()},
                    {"symbol", question.about.symbol.text()},
                    {"reason", error.message}});
}

}  // namespace btcw
