#include "btcw/signals/signal_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "btcw/notify/webhook_text.h"

namespace btcw {
namespace {

std::string key_of(const TradeSignal& signal) { return signal.action + ' ' + signal.pair; }

// What `strength` has to reach to be so many percent above it.
std::optional<Decimal> raised(Decimal strength, Decimal percent) {
  const auto hundredths = percent.times_power_of_ten(-2);
  if (!hundredths) return std::nullopt;
  const auto rise = multiply(strength, *hundredths);
  return rise ? add(strength, *rise) : std::nullopt;
}

Priority priority_of(SignalGrade grade) {
  switch (grade) {
    case SignalGrade::strong:
      return Priority::urgent;
    case SignalGrade::medium:
      return Priority::normal;
    case SignalGrade::weak:
    case SignalGrade::ignored:
      break;
  }
  return Priority::low;
}

}  // namespace

SignalGrade grade_of(const TradeSignal& signal, const SignalOptions& options) {
  if (signal.strength >= options.strong) return SignalGrade::strong;
  if (signal.strength >= options.medium) return SignalGrade::medium;
  if (signal.strength >= options.weak) return SignalGrade::weak;
  return SignalGrade::ignored;
}

bool ToldSignals::tell(const TradeSignal& signal, const SignalOptions& options, UtcTime now) {
  // One that lies ahead was told before the clock was set back: it tells nothing any more.
  std::erase_if(told_, [&](const auto& entry) {
    return entry.second.at > now || now - entry.second.at >= options.dedup_window;
  });
  const std::string key = key_of(signal);
  const auto before = told_.find(key);
  if (before != told_.end()) {
    const auto needed = raised(before->second.strength, options.dedup_rise);
    const bool rises = signal.strength > before->second.strength;
    if (!needed || !rises || signal.strength < *needed) return false;
  }
  if (before == told_.end() && told_.size() >= kMost) {
    told_.erase(std::min_element(told_.begin(), told_.end(), [](const auto& a, const auto& b) {
      return a.second.at < b.second.at;
    }));
  }
  told_.insert_or_assign(key, Told{now, signal.strength});
  return true;
}

std::string ToldSignals::to_text() const {
  std::string text;
  for (const auto& [key, told] : told_) {
    fmt::format_to(std::back_inserter(text), "{} {} {}\n", to_unix_ms(told.at),
                   told.strength.to_string(), key);
  }
  return text;
}

ToldSignals ToldSignals::read(std::string_view text) {
  ToldSignals signals;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t first = line.find(' ');
    const std::size_t second =
        first == std::string_view::npos ? std::string_view::npos : line.find(' ', first + 1);
    if (second == std::string_view::npos) continue;
    std::int64_t ms = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + first, ms);
    const auto strength = Decimal::parse(line.substr(first + 1, second - first - 1));
    if (error != std::errc{} || end != line.data() + first || !strength) continue;
    signals.told_.insert_or_assign(std::string{line.substr(second + 1)},
                                   Told{from_unix_ms(ms), *strength});
  }
  return signals;
}

Result<SignalJudge> SignalJudge::make(SignalOptions options) {
  auto title = SignalTemplate::parse(options.title);
  if (!title) return std::move(title).error().within("signals.title");
  auto message = SignalTemplate::parse(options.message);
  if (!message) return std::move(message).error().within("signals.message");
  return SignalJudge{std::move(options), *std::move(title), *std::move(message)};
}

std::optional<Notification> SignalJudge::judge(const TradeSignal& signal, ToldSignals& told,
                                               UtcTime now) const {
  const SignalGrade grade = grade_of(signal, options_);
  if (grade == SignalGrade::ignored || !told.tell(signal, options_, now)) return std::nullopt;
  Notification message{.id = {},
                       .title = webhook_line(title_.render(signal, grade)),
                       .body = webhook_text(message_.render(signal, grade)),
                       .priority = priority_of(grade),
                       .channels = options_.channels,
                       .created = now};
  add_webhook_tag(message.tags, "signal");
  add_webhook_tag(message.tags, signal.action);
  add_webhook_tag(message.tags, signal.pair);
  return message;
}

}  // namespace btcw
