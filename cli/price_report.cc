#include "price_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "btcw/base/time.h"
#include "btcw/market/exchange_names.h"

namespace btcw::cli {
namespace {

bool is_fresh(const PriceAnswer& answer) { return answer.price && !answer.price->stale; }

bool has_error(const PriceAnswer& answer, Errc code) {
  return answer.error && answer.error->code == code;
}

std::string describe(const Error& error) {
  if (!error.retry_at) return error.message;
  return fmt::format("{} (not before {})", error.message, to_rfc3339(*error.retry_at));
}

/// ", did you mean BTC/USDT or BCH/USDT?", or nothing.
std::string suggestions_for(const Symbol& symbol, std::span<const Symbol> known) {
  const std::vector<std::string> near = suggest_symbols(symbol, known);
  return near.empty() ? "" : fmt::format(": did you mean {}?", fmt::join(near, " or "));
}

}  // namespace

ExitCode exit_code_for(std::span<const PriceAnswer> answers) {
  const auto fresh = std::count_if(answers.begin(), answers.end(), is_fresh);
  if (fresh == std::ssize(answers)) return ExitCode::ok;
  if (fresh > 0) return ExitCode::partial;
  const auto any = [&](auto test) { return std::any_of(answers.begin(), answers.end(), test); };
  const bool may_come = any([](const PriceAnswer& answer) {
    return answer.price || has_error(answer, Errc::unavailable);
  });
  if (may_come) return ExitCode::no_data;
  if (any([](const PriceAnswer& answer) { return has_error(answer, Errc::rate_limited); })) {
    return ExitCode::rate_limited;
  }
  return exit_code_for(answers.front().error->code);
}

void report_failures(std::span<const PriceAnswer> answers, std::span<const Symbol> known,
                     Log& log) {
  for (const PriceAnswer& answer : answers) {
    if (!answer.error) continue;
    const std::string name = answer.request.to_string();
    if (answer.price) {
      log.warning(fmt::format("{}: the last known price is {} old: {}", name,
                              short_age(answer.price->age), describe(*answer.error)));
      continue;
    }
    const bool unknown = answer.error->code == Errc::not_found;
    log.error(fmt::format("{}: {}{}", name, describe(*answer.error),
                          unknown ? suggestions_for(answer.request.symbol, known) : ""));
  }
}

std::vector<Comparison> compare(std::span<const PriceAnswer> answers, Decimal outlier_percent) {
  std::vector<Comparison> comparisons;
  for (const PriceAnswer& answer : answers) {
    if (comparisons.empty() || comparisons.back().symbol != answer.request.symbol) {
      comparisons.push_back({.symbol = answer.request.symbol, .outlier_percent = outlier_percent});
    }
    Comparison& comparison = comparisons.back();
    if (answer.price) comparison.prices.push_back(*answer.price);
    if (answer.error) comparison.missing.push_back({*answer.request.exchange, *answer.error});
  }
  for (Comparison& comparison : comparisons) {
    std::vector<Decimal> fresh;
    for (const FoundPrice& price : comparison.prices) {
      if (!price.stale) fresh.push_back(price.ticker.last);
    }
    comparison.summary = summarize(fresh);
  }
  return comparisons;
}

PriceAnswer answer_of(const Comparison& comparison) {
  PriceAnswer answer{.request = {.symbol = comparison.symbol}};
  for (const FoundPrice& price : comparison.prices) {
    if (!answer.price || (answer.price->stale && !price.stale)) answer.price = price;
  }
  if (is_fresh(answer)) return answer;
  for (const Comparison::Missing& missing : comparison.missing) {
    if (!answer.error || answer.error->code == Errc::not_found) answer.error = missing.error;
  }
  return answer;
}

}  // namespace btcw::cli
