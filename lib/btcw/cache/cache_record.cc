#include "btcw/cache/cache_record.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "btcw/cache/price_cache.h"

namespace btcw::cache_file {
namespace {

using Numbers = std::array<std::optional<Decimal> Ticker::*, 8>;
constexpr Numbers kOptionalNumbers{&Ticker::bid,         &Ticker::ask,         &Ticker::open,
                                   &Ticker::high,        &Ticker::low,         &Ticker::percentage,
                                   &Ticker::base_volume, &Ticker::quote_volume};
constexpr std::size_t kNumbers = 1 + kOptionalNumbers.size();

/// In the word of presence bits: bit i is kOptionalNumbers[i].
constexpr std::uint64_t kTimestampBit = std::uint64_t{1} << kOptionalNumbers.size();
constexpr std::uint64_t kAllBits = (kTimestampBit << 1U) - 1;

constexpr std::int64_t kCoefficientLimit = 1'000'000'000'000'000'000;

using Places = std::array<std::int8_t, 16>;

template <std::size_t Words>
std::array<std::uint64_t, Words> words_of(std::string_view text) {
  std::array<char, Words * 8> bytes{};
  std::copy(text.begin(), text.end(), bytes.begin());
  bytes.back() = static_cast<char>(text.size());
  std::array<std::uint64_t, Words> words;
  std::memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

/// The text that words_of() made these words of, held in place.
template <std::size_t Words>
class TextOfWords {
 public:
  explicit TextOfWords(const std::uint64_t* words) {
    std::memcpy(bytes_.data(), words, bytes_.size());
  }
  [[nodiscard]] bool is_whole() const {
    const std::size_t size = static_cast<unsigned char>(bytes_.back());
    if (size >= bytes_.size()) return false;
    return std::all_of(bytes_.begin() + static_cast<std::ptrdiff_t>(size), bytes_.end() - 1,
                       [](char c) { return c == '\0'; });
  }
  /// Precondition: is_whole().
  [[nodiscard]] std::string_view view() const {
    return {bytes_.data(), static_cast<unsigned char>(bytes_.back())};
  }

 private:
  std::array<char, Words * 8> bytes_;
};

void put_number(Record& record, Places& places, std::size_t index, Decimal number) {
  record.words[Record::kCoefficients + index] = static_cast<std::uint64_t>(number.coefficient());
  places[index] = static_cast<std::int8_t>(number.places());
}

std::optional<Decimal> number_of(const Record& record, const Places& places, std::size_t index) {
  const auto coefficient = static_cast<std::int64_t>(record.words[Record::kCoefficients + index]);
  if (coefficient <= -kCoefficientLimit || coefficient >= kCoefficientLimit) return std::nullopt;
  if (places[index] < Decimal::kMinPlaces || places[index] > Decimal::kMaxPlaces) {
    return std::nullopt;
  }
  return Decimal::from_parts(coefficient, places[index]);
}

std::optional<ExchangeName> exchange_of(const Record& record) {
  const TextOfWords<2> text{&record.words[Record::kExchange]};
  if (!text.is_whole()) return std::nullopt;
  auto name = ExchangeName::parse(text.view());
  if (!name || name->text() != text.view()) return std::nullopt;
  return *name;
}

std::optional<Symbol> symbol_of(const Record& record) {
  const TextOfWords<4> text{&record.words[Record::kSymbol]};
  if (!text.is_whole()) return std::nullopt;
  const std::size_t slash = text.view().find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto symbol = Symbol::of(text.view().substr(0, slash), text.view().substr(slash + 1));
  if (!symbol || symbol->text() != text.view()) return std::nullopt;
  return *symbol;
}

bool read_numbers(const Record& record, Ticker& ticker) {
  Places places;
  std::memcpy(places.data(), &record.words[Record::kPlaces], places.size());
  const std::uint64_t present = record.words[Record::kPlaces + 1] >> Record::kPresentShift;
  const auto last = number_of(record, places, 0);
  if (!last || present > kAllBits) return false;
  ticker.last = *last;
  for (std::size_t i = 0; i < kOptionalNumbers.size(); ++i) {
    const auto number = number_of(record, places, i + 1);
    if (!number) return false;
    if ((present >> i & 1U) != 0) ticker.*kOptionalNumbers[i] = *number;
  }
  if ((present & kTimestampBit) != 0) {
    ticker.timestamp = from_unix_ms(static_cast<std::int64_t>(record.words[Record::kTimestamp]));
  }
  return true;
}

}  // namespace

static_assert(Record::kCoefficients + kNumbers == Record::kPlaces);
static_assert(kNumbers <= 8 + Record::kPresentShift / 8);

Record encode(const Ticker& ticker) {
  Record record;
  const auto exchange = words_of<2>(ticker.exchange.text());
  const auto symbol = words_of<4>(ticker.symbol.text());
  std::copy(exchange.begin(), exchange.end(), &record.words[Record::kExchange]);
  std::copy(symbol.begin(), symbol.end(), &record.words[Record::kSymbol]);
  record.words[Record::kReceived] = static_cast<std::uint64_t>(to_unix_ms(ticker.received));
  Places places{};
  std::uint64_t present = 0;
  put_number(record, places, 0, ticker.last);
  for (std::size_t i = 0; i < kOptionalNumbers.size(); ++i) {
    const auto& number = ticker.*kOptionalNumbers[i];
    if (!number) continue;
    put_number(record, places, i + 1, *number);
    present |= std::uint64_t{1} << i;
  }
  if (ticker.timestamp) {
    record.words[Record::kTimestamp] = static_cast<std::uint64_t>(to_unix_ms(*ticker.timestamp));
    present |= kTimestampBit;
  }
  std::memcpy(&record.words[Record::kPlaces], places.data(), places.size());
  record.words[Record::kPlaces + 1] |= present << Record::kPresentShift;
  return record;
}

std::optional<Ticker> decode(const Record& record) {
  const auto exchange = exchange_of(record);
  const auto symbol = symbol_of(record);
  if (!exchange || !symbol) return std::nullopt;
  Ticker ticker{.symbol = *symbol, .exchange = *exchange, .last = {}, .received = {}};
  if (!read_numbers(record, ticker)) return std::nullopt;
  ticker.received = record.received();
  if (!is_cacheable(ticker)) return std::nullopt;
  return ticker;
}

Key Key::of(const SymbolRequest& request) {
  Key key;
  const auto symbol = words_of<4>(request.symbol.text());
  std::copy(symbol.begin(), symbol.end(), &key.words[2]);
  if (!request.exchange) return key;
  key.kind = KeyKind::exchange;
  const auto exchange = words_of<2>(request.exchange->text());
  std::copy(exchange.begin(), exchange.end(), key.words.begin());
  return key;
}

Key Key::of(KeyKind kind, const Record& record) {
  Key key{.kind = kind};
  static_assert(Record::kExchange == 0 && Record::kSymbol == 2);
  const std::size_t first = kind == KeyKind::any ? Record::kSymbol : Record::kExchange;
  for (std::size_t i = first; i < key.words.size(); ++i) key.words[i] = record.words[i];
  return key;
}

std::uint64_t Key::hash() const {
  constexpr std::uint64_t kAnyBit = std::uint64_t{1} << 63U;
  std::uint64_t state = static_cast<std::uint64_t>(kind);
  for (const std::uint64_t word : words) state = stir(state, word);
  state = stir(state, state >> 17U);
  return kind == KeyKind::any ? state | kAnyBit : state & ~kAnyBit;
}

std::uint64_t digest(const Record& record) {
  // Two chains side by side take half the time of one.
  std::uint64_t even = 0x6A09'E667'F3BC'C908U;
  std::uint64_t odd = 0xBB67'AE85'84CA'A73BU;
  std::size_t i = 0;
  for (; i + 1 < Record::kWords; i += 2) {
    even = stir(even, record.words[i]);
    odd = stir(odd, record.words[i + 1]);
  }
  return stir(stir(even, record.words[i]), odd);
}

}  // namespace btcw::cache_file
