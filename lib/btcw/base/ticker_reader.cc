#include "btcw/base/ticker_reader.h"

#include <charconv>
#include <string>
#include <utility>

#include "btcw/base/json_tokens.h"
#include "btcw/base/quoted.h"
#include "btcw/base/ticker_layout.h"

namespace btcw {
namespace {

enum class Field : std::uint8_t {
  symbol,
  exchange,
  last,
  bid,
  ask,
  open,
  high,
  low,
  percentage,
  base_volume,
  quote_volume,
  timestamp,
  received,
  unknown,
};

constexpr std::uint32_t bit(Field field) { return 1U << static_cast<unsigned>(field); }

// Told apart by length first: most names need one comparison.
Field field_of(std::string_view key) {
  switch (key.size()) {
    case 3:
      if (key == "bid") return Field::bid;
      if (key == "ask") return Field::ask;
      if (key == "low") return Field::low;
      return Field::unknown;
    case 4:
      if (key == "last") return Field::last;
      if (key == "open") return Field::open;
      if (key == "high") return Field::high;
      return Field::unknown;
    case 6:
      return key == "symbol" ? Field::symbol : Field::unknown;
    case 8:
      if (key == "exchange") return Field::exchange;
      if (key == "received") return Field::received;
      return Field::unknown;
    case 9:
      return key == "timestamp" ? Field::timestamp : Field::unknown;
    case 10:
      if (key == "percentage") return Field::percentage;
      if (key == "baseVolume") return Field::base_volume;
      return Field::unknown;
    case 11:
      return key == "quoteVolume" ? Field::quote_volume : Field::unknown;
    default:
      return Field::unknown;
  }
}

Error bad_member(std::string_view key, std::string_view what) {
  return {Errc::bad_data, std::string{key}.append(": ").append(what)};
}

// One object on its way into a Ticker. Its steps return false when they have noted what is wrong: a
// Result at every member costs as much as the member.
class Reading {
 public:
  Reading(const JsonTokens& tokens, Ticker& ticker) : tokens_{tokens}, ticker_{ticker} {}

  bool run() {
    if (tokens_.kind(0) != '{') return wrong({Errc::bad_data, "expected an object"});
    const std::uint32_t end = tokens_.after(0) - 1;
    for (std::uint32_t at = 1; at < end;) {
      const std::string_view key = tokens_.text(at);
      const std::uint32_t value = at + 2;
      if (!member(key, value)) return false;
      at = tokens_.after(value) + 1;  // behind the comma, or the end
    }
    for (const auto& [field, name] : {std::pair{Field::symbol, "symbol"},
                                      {Field::exchange, "exchange"},
                                      {Field::last, "last"},
                                      {Field::received, "received"}}) {
      if ((seen_ & bit(field)) == 0) return wrong(bad_member(name, "missing"));
    }
    return true;
  }
  [[nodiscard]] Error& error() { return error_; }

 private:
  bool member(std::string_view key, std::uint32_t at) {
    const Field field = field_of(key);
    if (field == Field::unknown) return true;
    if ((seen_ & bit(field)) != 0) return wrong(bad_member(key, "stands there twice"));
    seen_ |= bit(field);
    return read(field, at, key);
  }

  bool read(Field field, std::uint32_t at, std::string_view key) {
    switch (field) {
      case Field::symbol:
        return symbol(at);
      case Field::exchange:
        return exchange(at);
      case Field::last:
        return last(at, key);
      case Field::bid:
        return number_or_null(at, key, ticker_.bid);
      case Field::ask:
        return number_or_null(at, key, ticker_.ask);
      case Field::open:
        return number_or_null(at, key, ticker_.open);
      case Field::high:
        return number_or_null(at, key, ticker_.high);
      case Field::low:
        return number_or_null(at, key, ticker_.low);
      case Field::percentage:
        return number_or_null(at, key, ticker_.percentage);
      case Field::base_volume:
        return number_or_null(at, key, ticker_.base_volume);
      case Field::quote_volume:
        return number_or_null(at, key, ticker_.quote_volume);
      case Field::timestamp:
        return timestamp(at, key);
      case Field::received:
        return moment(at, key, ticker_.received);
      case Field::unknown:
        break;
    }
    return true;
  }

  bool symbol(std::uint32_t at) {
    const std::string_view text = tokens_.text(at);
    const std::size_t slash = text.find('/');
    if (tokens_.kind(at) != '"' || slash == std::string_view::npos)
      return unexpected(at, "symbol", "BASE/QUOTE");
    const auto symbol = Symbol::of(text.substr(0, slash), text.substr(slash + 1));
    if (!symbol) return unexpected(at, "symbol", "BASE/QUOTE");
    ticker_.symbol = *symbol;
    return true;
  }

  bool exchange(std::uint32_t at) {
    if (tokens_.kind(at) != '"') return unexpected(at, "exchange", "a name");
    const auto name = ExchangeName::parse(tokens_.text(at));
    if (!name) return unexpected(at, "exchange", "a name");
    ticker_.exchange = *name;
    return true;
  }

  // JSON numbers only: this is our own shape, where a number in quotes is somebody's mistake.
  bool number(std::uint32_t at, std::string_view key, Decimal& out) {
    const char kind = tokens_.kind(at);
    if (kind != '-' && (kind < '0' || kind > '9')) return unexpected(at, key, "a number");
    const auto number = Decimal::parse(tokens_.text(at));
    if (!number) return wrong(bad_member(key, number.error().message));
    out = *number;
    return true;
  }

  bool last(std::uint32_t at, std::string_view key) {
    if (!number(at, key, ticker_.last)) return false;
    if (ticker_.last.is_zero() || ticker_.last.is_negative()) {
      return unexpected(at, key, "a positive number");
    }
    return true;
  }

  bool number_or_null(std::uint32_t at, std::string_view key, std::optional<Decimal>& out) {
    if (tokens_.kind(at) == 'n') return true;
    return number(at, key, out.emplace());
  }

  bool timestamp(std::uint32_t at, std::string_view key) {
    if (tokens_.kind(at) == 'n') return true;
    return moment(at, key, ticker_.timestamp.emplace());
  }

  bool moment(std::uint32_t at, std::string_view key, UtcTime& out) {
    constexpr std::int64_t kEnd = 253'402'300'800'000;  // year 10000
    const std::string_view text = tokens_.text(at);
    std::int64_t ms = 0;
    const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), ms);
    const bool whole = failure == std::errc{} && stop == text.data() + text.size();
    if (tokens_.kind(at) == '"' || !whole || ms < 0 || ms >= kEnd) {
      return unexpected(at, key, "milliseconds since 1970");
    }
    out = from_unix_ms(ms);
    return true;
  }

  bool wrong(Error error) {
    error_ = std::move(error);
    return false;
  }

  bool unexpected(std::uint32_t at, std::string_view key, std::string_view expected) {
    const char kind = tokens_.kind(at);
    std::string found = kind == '{'   ? "an object"
                        : kind == '[' ? "an array"
                                      : quoted(tokens_.text(at));
    return wrong(
        bad_member(key, "expected " + std::string{expected} + ", found " + std::move(found)));
  }

  const JsonTokens& tokens_;
  Ticker& ticker_;
  Error error_;
  std::uint32_t seen_ = 0;
};

class TokenTickerReader final : public TickerReader {
 public:
  Result<Ticker> read(std::string_view json) override {
    if (auto ticker = read_own_layout(json)) return *ticker;
    auto done = tokens_.read(json);
    if (!done) return std::move(done).error();
    Result<Ticker> ticker = Ticker{};  // filled in place: it is 300 bytes
    Reading reading{tokens_, *ticker};
    if (!reading.run()) return std::move(reading.error());
    return ticker;
  }

 private:
  // A ticker of ours has a few hundred bytes; what is a thousand times as long is none.
  static constexpr std::size_t kMaxBytes = 256U << 10U;
  JsonTokens tokens_{kMaxBytes};
};

}  // namespace

std::unique_ptr<TickerReader> make_ticker_reader() { return std::make_unique<TokenTickerReader>(); }

}  // namespace btcw
