#include "btcw/rules/function_call.h"

#include <algorithm>
#include <string>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/rules/literal.h"

namespace btcw::rules {
namespace {

using std::chrono::days;

constexpr int kMostPeriods = 1'000;
constexpr milliseconds kLongestWindow = days{366};
constexpr milliseconds kDay = days{1};
constexpr milliseconds kWeek = days{7};
constexpr std::size_t kMostSlots = 64;

Result<milliseconds> duration_argument(TokenStream& tokens, std::string_view usage) {
  if (tokens.current().kind != TokenKind::number) {
    return tokens.expected("a duration as in " + std::string{usage});
  }
  return read_duration(tokens.current());
}

Result<milliseconds> window(TokenStream& tokens, std::string_view usage) {
  const auto duration = duration_argument(tokens, usage);
  if (!duration) return duration;
  if (*duration < seconds{1} || *duration > kLongestWindow) {
    return tokens.expected("a window of 1s to 366d");
  }
  return duration;
}

// Candles begin at midnight, or on Mondays, as those of the exchanges do.
Result<milliseconds> interval(TokenStream& tokens, std::string_view usage) {
  const auto duration = duration_argument(tokens, usage);
  if (!duration) return duration;
  const bool divides_a_day = *duration >= seconds{1} && *duration <= kDay &&
                             *duration % seconds{1} == milliseconds{0} &&
                             kDay % *duration == milliseconds{0};
  if (!divides_a_day && *duration != kWeek) {
    return tokens.expected("a candle that divides a day (1m, 15m, 1h, 1d), or 1w");
  }
  return duration;
}

Result<int> periods(TokenStream& tokens, const FunctionWord& function) {
  const Token& token = tokens.current();
  const std::string wanted = "a number of candles, " + std::to_string(function.fewest_periods) +
                             " to 1000, as in " + std::string{function.usage};
  const bool plain = token.kind == TokenKind::number && token.suffix.empty();
  if (!plain) return tokens.expected(wanted);
  const auto value = Decimal::parse(token.text);
  const bool whole = value && value->places() <= 0 &&
                     *value >= Decimal::from_parts(function.fewest_periods, 0) &&
                     *value <= Decimal::from_parts(kMostPeriods, 0);
  if (!whole) return tokens.expected(wanted);
  int count = static_cast<int>(value->coefficient());
  for (int place = value->places(); place < 0; ++place) count *= 10;
  return count;
}

Result<Decimal> width(TokenStream& tokens) {
  const Token& token = tokens.current();
  const std::string wanted = "a width in standard deviations, above 0 and at most 100";
  const bool plain = token.kind == TokenKind::number && token.suffix.empty();
  const auto value = Decimal::parse(plain ? token.text : std::string_view{});
  if (!value || *value <= Decimal{} || *value > Decimal::from_parts(100, 0)) {
    return tokens.expected(wanted);
  }
  return value;
}

// Reads one argument into `request`; the token stays.
Result<void> read_argument(Parameter parameter, std::size_t at, const FunctionWord& function,
                           TokenStream& tokens, IndicatorRequest& request) {
  switch (parameter) {
    case Parameter::window:
    case Parameter::interval: {
      const auto span = parameter == Parameter::window ? window(tokens, function.usage)
                                                       : interval(tokens, function.usage);
      if (!span) return span.error();
      request.span = *span;
      return {};
    }
    case Parameter::periods: {
      const auto count = periods(tokens, function);
      if (!count) return count.error();
      request.periods[at] = *count;
      return {};
    }
    case Parameter::width: {
      const auto value = width(tokens);
      if (!value) return value.error();
      request.width = *value;
      return {};
    }
    case Parameter::exchange:
    case Parameter::number:
      break;
  }
  return {};
}

bool is_macd(IndicatorKind kind) {
  return kind == IndicatorKind::macd || kind == IndicatorKind::macd_signal ||
         kind == IndicatorKind::macd_hist;
}

template <typename T>
std::uint16_t slot_of(std::vector<T>& known, const T& wanted) {
  const auto found = std::find(known.begin(), known.end(), wanted);
  const auto slot = static_cast<std::uint16_t>(found - known.begin());
  if (found == known.end()) known.push_back(wanted);
  return slot;
}

}  // namespace

Result<TypedNode> indicator_call(const FunctionWord& function, TokenStream& tokens,
                                 Expression& expression) {
  const std::size_t column = tokens.column();
  IndicatorRequest request{.kind = std::get<IndicatorKind>(function.what)};
  for (std::size_t at = 0; at < function.count; ++at) {
    if (at > 0 && !tokens.take_sign(",")) {
      return tokens.expected(", as in " + std::string{function.usage});
    }
    auto read = read_argument(function.parameters[at], at, function, tokens, request);
    if (!read) return std::move(read).error();
    tokens.skip();
  }
  if (is_macd(request.kind) && request.periods[0] >= request.periods[1]) {
    return error_at(column, "the fast average of macd takes fewer candles than the slow one");
  }
  TypedNode result{.dimension = function.dimension};
  result.node.op = Op::indicator;
  result.node.slot = slot_of(expression.indicators, request);
  if (expression.indicators.size() > kMostSlots) {
    return error_at(column, "more than 64 indicators in one expression");
  }
  return result;
}

Result<TypedNode> exchange_call(TokenStream& tokens, std::span<const std::string_view> known,
                                Expression& expression) {
  const Token& token = tokens.current();
  const bool is_name = token.kind == TokenKind::text || token.kind == TokenKind::word;
  if (!is_name) return tokens.expected("the name of an exchange as in price(\"kraken\")");
  const auto name = ExchangeName::parse(token.text);
  if (!name) return error_at(token.column, name.error().message);
  if (!known.empty() && std::find(known.begin(), known.end(), token.text) == known.end()) {
    return error_at(token.column,
                    "no exchange " + quoted(token.text) + did_you_mean(token.text, known));
  }
  TypedNode result{.dimension = Dimension::price};
  result.node.op = Op::exchange_price;
  result.node.slot = slot_of(expression.exchanges, *name);
  if (expression.exchanges.size() > kMostSlots) {
    return error_at(token.column, "more than 64 exchanges in one expression");
  }
  tokens.skip();
  return result;
}

}  // namespace btcw::rules
