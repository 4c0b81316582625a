#include "btcw/base/ticker_layout.h"

#include <cstdint>
#include <cstring>

namespace btcw {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Goes through the text once. Each step returns false where the text stands otherwise.
class Walk {
 public:
  explicit Walk(std::string_view text) : at_{text.data()}, end_{at_ + text.size()} {}

  bool literal(std::string_view expected) {
    if (static_cast<std::size_t>(end_ - at_) < expected.size()) return false;
    if (std::memcmp(at_, expected.data(), expected.size()) != 0) return false;
    at_ += expected.size();
    return true;
  }

  bool symbol(Symbol& out) {
    const std::string_view text = until_quote(Symbol::kMaxText);
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return false;
    auto symbol = Symbol::of(text.substr(0, slash), text.substr(slash + 1));
    if (!symbol) return false;
    out = *symbol;
    return true;
  }

  bool exchange(ExchangeName& out) {
    auto name = ExchangeName::parse(until_quote(ExchangeName::kMaxText));
    if (!name) return false;
    out = *name;
    return true;
  }

  bool number(Decimal& out) {
    const bool negative = at_ != end_ && *at_ == '-';
    if (negative) ++at_;
    const char* const first = at_;
    std::uint64_t value = 0;
    for (; at_ != end_ && is_digit(*at_); ++at_)
      value = value * 10 + static_cast<unsigned>(*at_ - '0');
    auto digits = at_ - first;
    if (digits == 0 || (digits > 1 && *first == '0')) return false;
    std::ptrdiff_t places = 0;
    if (at_ != end_ && *at_ == '.') {
      const char* const point = at_++;
      for (; at_ != end_ && is_digit(*at_); ++at_)
        value = value * 10 + static_cast<unsigned>(*at_ - '0');
      places = at_ - point - 1;
      if (places == 0) return false;
      digits += places;
    }
    // Checked behind the loops: a value that ran over is not looked at. What follows a number tells
    // an exponent.
    if (digits > Decimal::kMaxDigits) return false;
    out = Decimal::from_parts(
        negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value),
        static_cast<int>(places));
    return true;
  }

  bool number_or_null(std::optional<Decimal>& out) {
    if (at_ != end_ && *at_ == 'n') return literal("null");
    return number(out.emplace());
  }

  bool moment(UtcTime& out) {
    constexpr std::ptrdiff_t kMostDigits = 15;
    constexpr std::int64_t kEnd = 253'402'300'800'000;  // year 10000
    const char* const first = at_;
    std::int64_t ms = 0;
    for (; at_ != end_ && is_digit(*at_) && at_ - first < kMostDigits; ++at_)
      ms = ms * 10 + (*at_ - '0');
    const auto digits = at_ - first;
    if (digits == 0 || (digits > 1 && *first == '0') || ms >= kEnd) return false;
    out = from_unix_ms(ms);
    return true;
  }

  bool moment_or_null(std::optional<UtcTime>& out) {
    if (at_ != end_ && *at_ == 'n') return literal("null");
    return moment(out.emplace());
  }

  [[nodiscard]] bool at_end() const { return at_ == end_; }

 private:
  // What stands before the next '"', at most `max` characters; the '"' itself is left.
  std::string_view until_quote(std::size_t max) {
    const char* const first = at_;
    while (at_ != end_ && *at_ != '"' && static_cast<std::size_t>(at_ - first) <= max) ++at_;
    return {first, static_cast<std::size_t>(at_ - first)};
  }

  const char* at_;
  const char* end_;
};

}  // namespace

std::optional<Ticker> read_own_layout(std::string_view json) {
  std::optional<Ticker> read{std::in_place};
  Ticker& ticker = *read;
  Walk walk{json};
  const bool whole =
      walk.literal(R"({"symbol":")") && walk.symbol(ticker.symbol) &&                    //
      walk.literal(R"(","exchange":")") && walk.exchange(ticker.exchange) &&             //
      walk.literal(R"(","last":)") && walk.number(ticker.last) &&                        //
      walk.literal(R"(,"bid":)") && walk.number_or_null(ticker.bid) &&                   //
      walk.literal(R"(,"ask":)") && walk.number_or_null(ticker.ask) &&                   //
      walk.literal(R"(,"open":)") && walk.number_or_null(ticker.open) &&                 //
      walk.literal(R"(,"high":)") && walk.number_or_null(ticker.high) &&                 //
      walk.literal(R"(,"low":)") && walk.number_or_null(ticker.low) &&                   //
      walk.literal(R"(,"percentage":)") && walk.number_or_null(ticker.percentage) &&     //
      walk.literal(R"(,"baseVolume":)") && walk.number_or_null(ticker.base_volume) &&    //
      walk.literal(R"(,"quoteVolume":)") && walk.number_or_null(ticker.quote_volume) &&  //
      walk.literal(R"(,"timestamp":)") && walk.moment_or_null(ticker.timestamp) &&       //
      walk.literal(R"(,"received":)") && walk.moment(ticker.received) && walk.literal("}") &&
      walk.at_end();
  if (!whole || ticker.last.is_zero() || ticker.last.is_negative()) read.reset();
  return read;
}

}  // namespace btcw
