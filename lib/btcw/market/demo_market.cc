#include "btcw/market/demo_market.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "btcw/base/decimal.h"

namespace btcw {
namespace {

// Everything follows from hashes of (seed, symbol, second): no generator whose state would depend
// on how often it was asked.
constexpr std::int64_t kSecondsPerMinute = 60;
constexpr std::int64_t kMinutesPerDay = 1440;
constexpr std::int64_t kSecondsPerDay = kMinutesPerDay * kSecondsPerMinute;

constexpr double kSecondSigma = 1.2e-4;  // about 3.5 % a day
constexpr double kPegSigma = 4e-6;       // a currency against another of the same worth
constexpr double kJumpSigma = 0.012;
constexpr std::uint64_t kSecondsPerJump = 14'400;
constexpr double kWidestLog = 14;  // a millionth to a million times the first price

std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return mix(hash);
}

double unit(std::uint64_t hash) { return static_cast<double>(hash >> 11U) * 0x1p-53; }

/// Close to a standard normal: four uniforms. Without log and cos, which libraries round in ways of
/// their own.
double normal(std::uint64_t hash) {
  double sum = -2.0;
  for (unsigned shift = 0; shift < 64; shift += 16) {
    sum += (static_cast<double>((hash >> shift) & 0xffffU) + 0.5) / 65'536;
  }
  return sum * std::sqrt(3.0);
}

struct Worth {
  std::string_view code;
  double dollars;
};
constexpr std::array kWorths{
    Worth{"BTC", 97'000},  Worth{"ETH", 3'400},    Worth{"BNB", 640},     Worth{"SOL", 190},
    Worth{"XRP", 2.2},     Worth{"DOGE", 0.38},    Worth{"ADA", 0.95},    Worth{"TRX", 0.25},
    Worth{"AVAX", 38},     Worth{"LINK", 23},      Worth{"DOT", 7.1},     Worth{"LTC", 105},
    Worth{"BCH", 450},     Worth{"UNI", 13},       Worth{"ATOM", 6.8},    Worth{"XLM", 0.36},
    Worth{"ETC", 26},      Worth{"XMR", 190},      Worth{"NEAR", 5.1},    Worth{"TON", 5.6},
    Worth{"SUI", 4.2},     Worth{"ARB", 0.75},     Worth{"FIL", 4.9},     Worth{"AAVE", 310},
    Worth{"SHIB", 2.4e-5}, Worth{"PEPE", 1.85e-5}, Worth{"BONK", 3.1e-5}, Worth{"WBTC", 96'900},
    Worth{"USDT", 1},      Worth{"USDC", 1},       Worth{"USD", 1},       Worth{"DAI", 1},
    Worth{"FDUSD", 1},     Worth{"TUSD", 1},       Worth{"EUR", 1.06},    Worth{"GBP", 1.26},
    Worth{"CHF", 1.13},    Worth{"JPY", 0.0065},   Worth{"BRL", 0.17},    Worth{"TRY", 0.029},
};
constexpr std::array<std::string_view, 10> kCurrencies{"USDT", "USDC", "USD", "DAI", "FDUSD",
                                                       "TUSD", "EUR",  "GBP", "CHF", "JPY"};

/// e to the x, by its series. That of the system's library differs in the last digit between
/// machines, and the same seed has to give the same prices on all of them.
double exp_of(double x) {
  constexpr double kLogTwo = 0.6931471805599453;
  constexpr int kTerms = 18;
  const double halves = x / kLogTwo;
  int power = static_cast<int>(halves < 0 ? halves - 0.5 : halves + 0.5);
  const double rest = x - power * kLogTwo;
  double sum = 1;
  for (int i = kTerms; i > 0; --i) sum = 1 + sum * rest / i;
  for (; power > 0; --power) sum *= 2;
  for (; power < 0; ++power) sum /= 2;
  return sum;
}

double dollars(std::string_view code) {
  const auto* const found = std::find_if(kWorths.begin(), kWorths.end(),
                                         [code](const Worth& each) { return each.code == code; });
  if (found != kWorths.end()) return found->dollars;
  constexpr double kLogTen = 2.302585092994046;
  return exp_of(kLogTen * (5 * unit(hash_of(code)) - 3));  // 0.001 to 100
}

bool is_currency(std::string_view code) {
  return std::find(kCurrencies.begin(), kCurrencies.end(), code) != kCurrencies.end();
}

/// Five significant digits, and cents where there are that many before the point.
int places_of(double price) {
  int places = 4;
  while (price >= 10) {
    price /= 10;
    --places;
  }
  while (price < 1 && places < Decimal::kMaxPlaces) {
    price *= 10;
    ++places;
  }
  return std::clamp(places, 2, Decimal::kMaxPlaces);
}

Decimal to_decimal(double value, int places) {
  constexpr double kLargest = 9e17;
  double units = value;
  for (int i = 0; i < places; ++i) units *= 10;
  // NOLINTNEXTLINE(bugprone-incorrect-roundings): half a unit of a made-up price; no libm for it
  const auto rounded = static_cast<std::int64_t>(std::clamp(units, 0.0, kLargest) + 0.5);
  return Decimal::from_parts(rounded, places);
}

/// What one minute of the last 24 hours keeps. Prices as the logarithm of their ratio to the first.
struct Minute {
  double open;
  double high;
  double low;
  double volume;  ///< in the base
};

/// The last 24 hours as a whole.
struct Day {
  double open;
  double high;
  double low;
  double base = 0;
  double quote = 0;
};

/// One pair's prices, second after second.
class Path {
 public:
  Path(std::uint64_t seed, const Symbol& symbol)
      : symbol_{symbol},
        key_{mix(seed ^ hash_of(symbol.text()))},
        first_price_{dollars(symbol.base()) / dollars(symbol.quote())},
        places_{places_of(first_price_)},
        pegged_{is_currency(symbol.base()) && is_currency(symbol.quote())} {
    restart_at_day(0);
  }

  /// Moves to a second, counted from 24 hours before the market's start.
  const Path& at(std::int64_t second) {
    if (second < second_) restart_at_day(std::max<std::int64_t>(0, second / kSecondsPerDay - 1));
    while (second_ < second) step();
    return *this;
  }

  /// The ticker of that second.
  [[nodiscard]] Ticker describe(ExchangeName exchange, UtcTime timestamp, UtcTime received) const {
    const Day day = last_day();
    const Decimal last = rounded(log_);
    const std::uint64_t hash = mix(key_ ^ mix(static_cast<std::uint64_t>(second_)));
    Ticker ticker{.symbol = symbol_, .exchange = exchange, .last = last, .received = received};
    ticker.bid = subtract(last, Decimal::from_parts(1 + static_cast<int>(hash % 3), places_));
    ticker.ask = add(last, Decimal::from_parts(1 + static_cast<int>(hash / 3 % 3), places_));
    ticker.open = rounded(day.open);
    ticker.high = rounded(day.high);
    ticker.low = rounded(day.low);
    ticker.percentage = percent_change(*ticker.open, last);
    ticker.base_volume = to_decimal(day.base, 4);
    ticker.quote_volume = to_decimal(day.quote, 2);
    ticker.timestamp = timestamp;
    return ticker;
  }

 private:
  void restart_at_day(std::int64_t day) {
    if (days_.empty()) days_.push_back(0);
    second_ = day * kSecondsPerDay;
    log_ = days_[static_cast<std::size_t>(day)];
    open_minute();
  }

  void step() {
    ++second_;
    const std::uint64_t hash = mix(key_ + static_cast<std::uint64_t>(second_) * 2);
    log_ += (pegged_ ? kPegSigma : kSecondSigma) * normal(hash);
    const std::uint64_t other = mix(hash);
    if (!pegged_ && other % kSecondsPerJump == 0) log_ += kJumpSigma * normal(mix(other));
    log_ = std::clamp(log_, -kWidestLog, kWidestLog);
    if (second_ % kSecondsPerDay == 0 &&
        static_cast<std::size_t>(second_ / kSecondsPerDay) == days_.size()) {
      days_.push_back(log_);
    }
    if (second_ % kSecondsPerMinute == 0) return open_minute();
    Minute& minute = minutes_[index_of(second_ / kSecondsPerMinute)];
    minute.high = std::max(minute.high, log_);
    minute.low = std::min(minute.low, log_);
  }

  void open_minute() {
    const std::int64_t minute = second_ / kSecondsPerMinute;
    const double busy = unit(mix(~key_ + static_cast<std::uint64_t>(minute)));
    // About 400,000 dollars' worth a minute in an even mix of quiet and busy ones.
    const double volume = 4e5 * (0.2 + 1.6 * busy * busy) / dollars(symbol_.base());
    minutes_[index_of(minute)] = Minute{log_, log_, log_, volume};
  }

  static std::size_t index_of(std::int64_t minute) {
    return static_cast<std::size_t>(minute % kWindow);
  }

  [[nodiscard]] double price(double log) const { return first_price_ * exp_of(log); }

  /// Never less than a few ticks, so that a bid fits under it.
  [[nodiscard]] Decimal rounded(double log) const {
    return std::max(to_decimal(price(log), places_), Decimal::from_parts(kFewestTicks, places_));
  }

  [[nodiscard]] Day last_day() const {
    const std::int64_t now = second_ / kSecondsPerMinute;
    const std::int64_t from = std::max<std::int64_t>(0, now - kMinutesPerDay);
    Day day{.open = minutes_[index_of(from)].open, .high = log_, .low = log_};
    for (std::int64_t minute = from; minute <= now; ++minute) {
      const Minute& each = minutes_[index_of(minute)];
      day.high = std::max(day.high, each.high);
      day.low = std::min(day.low, each.low);
      if (minute == now) break;
      day.base += each.volume;
      day.quote += each.volume * price(each.open);
    }
    return day;
  }

  static constexpr std::int64_t kWindow = kMinutesPerDay + 1;
  static constexpr std::int64_t kFewestTicks = 4;

  Symbol symbol_;
  std::uint64_t key_;
  double first_price_;
  int places_;
  bool pegged_;

  std::int64_t second_ = 0;
  double log_ = 0;
  std::array<Minute, kWindow> minutes_{};
  /// The price at the start of each day so far: a clock that steps back does not cost a walk from
  /// the very start.
  std::vector<double> days_;
};

class DemoMarket final : public Market {
 public:
  DemoMarket(std::uint64_t seed, UtcTime start, const Clock& clock)
      : seed_{seed}, start_{start}, clock_{clock} {}

  std::vector<Fetched> fetch(std::span<const SymbolRequest> requests,
                             const FetchOptions&) override {
    const UtcTime now = clock_.now();
    const auto passed = std::chrono::floor<seconds>(std::max(now, start_) - start_);
    std::vector<Fetched> fetched;
    fetched.reserve(requests.size());
    for (const SymbolRequest& request : requests) {
      auto& path = paths_[request.symbol];
      if (!path) path = std::make_unique<Path>(seed_, request.symbol);
      const Path& here = path->at(passed.count() + kSecondsPerDay);
      fetched.push_back({request, here.describe(exchange_, start_ + passed, now)});
    }
    return fetched;
  }

 private:
  std::uint64_t seed_;
  UtcTime start_;
  const Clock& clock_;
  ExchangeName exchange_ = ExchangeName::parse("demo").value();
  std::map<Symbol, std::unique_ptr<Path>> paths_;
};

}  // namespace

std::unique_ptr<Market> make_demo_market(std::uint64_t seed, UtcTime start, const Clock& clock) {
  return std::make_unique<DemoMarket>(seed, start, clock);
}

}  // namespace btcw
