#include "btcw/cache/cache_record.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

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

// Different ones, so that words that trade places show.
constexpr std::array<std::uint64_t, 4> kSeeds{0x6A09'E667'F3BC'C908U, 0xBB67'AE85'84CA'A73BU,
                                              0x3C6E'F372'FE94'F82BU, 0xA54F'F53A'5F1D'36F1U};

/// Writes `text` and its length into that many words.
template <std::size_t Words>
void put_text(std::string_view text, std::uint64_t* words) {
  std::fill_n(words, Words, std::uint64_t{0});
  std::memcpy(words, text.data(), text.size());
  const auto size = static_cast<std::uint8_t>(text.size());
  std::memcpy(reinterpret_cast<char*>(words) + Words * 8 - 1, &size, 1);
}

/// The text that put_text() made these words of, held in place.
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

/// Collects the numbers of a ticker: whole words only, for a word that was written in pieces is
/// slow to read back.
struct NumberWords {
  Record& record;
  std::array<std::uint64_t, 2> places{};
  std::uint64_t present = 0;

  void put(std::size_t index, Decimal number) {
    record.words[Record::kCoefficients + index] = static_cast<std::uint64_t>(number.coefficient());
    const auto byte = static_cast<std::uint8_t>(number.places());
    places[index / 8] |= std::uint64_t{byte} << (index % 8 * 8);
  }
  template <std::size_t Index>
  void put_optional(const Ticker& ticker) {
    const auto& number = ticker.*kOptionalNumbers[Index];
    if (number) present |= std::uint64_t{1} << Index;
    put(Index + 1, number.value_or(Decimal{}));
  }
  template <std::size_t... Index>
  void put_all(const Ticker& ticker, std::index_sequence<Index...>) {
    put(0, ticker.last);
    (put_optional<Index>(ticker), ...);
  }
};

int places_of(const Record& record, std::size_t index) {
  const auto byte =
      static_cast<std::uint8_t>(record.words[Record::kPlaces + index / 8] >> (index % 8 * 8));
  return byte <= INT8_MAX ? byte : byte - 256;
}

std::optional<Decimal> number_of(const Record& record, std::size_t index) {
  const auto coefficient = static_cast<std::int64_t>(record.words[Record::kCoefficients + index]);
  if (coefficient <= -kCoefficientLimit || coefficient >= kCoefficientLimit) return std::nullopt;
  const int places = places_of(record, index);
  if (places < Decimal::kMinPlaces || places > Decimal::kMaxPlaces) return std::nullopt;
  return Decimal::from_parts(coefficient, places);
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
  const std::uint64_t present = record.words[Record::kPlaces + 1] >> Record::kPresentShift;
  const auto last = number_of(record, 0);
  if (!last || present > kAllBits) return false;
  ticker.last = *last;
  for (std::size_t i = 0; i < kOptionalNumbers.size(); ++i) {
    const auto number = number_of(record, i + 1);
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
  put_text<2>(ticker.exchange.text(), &record.words[Record::kExchange]);
  put_text<4>(ticker.symbol.text(), &record.words[Record::kSymbol]);
  record.words[Record::kReceived] = static_cast<std::uint64_t>(to_unix_ms(ticker.received));
  const UtcTime timestamp = ticker.timestamp.value_or(UtcTime{});
  record.words[Record::kTimestamp] = static_cast<std::uint64_t>(to_unix_ms(timestamp));
  NumberWords numbers{.record = record};
  numbers.put_all(ticker, std::make_index_sequence<kOptionalNumbers.size()>{});
  if (ticker.timestamp) numbers.present |= kTimestampBit;
  record.words[Record::kPlaces] = numbers.places[0];
  record.words[Record::kPlaces + 1] =
      numbers.places[1] | (numbers.present << Record::kPresentShift);
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
  put_text<4>(request.symbol.text(), &key.words[Record::kSymbol]);
  if (!request.exchange) return key;
  key.kind = KeyKind::exchange;
  put_text<2>(request.exchange->text(), &key.words[Record::kExchange]);
  return key;
}

Key Key::of(KeyKind kind, const Record& record) {
  static_assert(Record::kExchange == 0 && Record::kSymbol == 2);
  Key key{.kind = kind};
  std::copy_n(record.words.begin(), key.words.size(), key.words.begin());
  if (kind == KeyKind::any) key.words[0] = key.words[1] = 0;
  return key;
}

std::uint64_t Key::hash() const {
  constexpr std::uint64_t kAnyBit = std::uint64_t{1} << 63U;
  std::uint64_t even = kSeeds[0];
  std::uint64_t odd = static_cast<std::uint64_t>(kind);
  for (std::size_t i = 0; i < words.size(); i += 2) {
    even = stir(even, words[i]);
    odd = stir(odd, words[i + 1]);
  }
  const std::uint64_t state = stir(even, odd);
  return kind == KeyKind::any ? state | kAnyBit : state & ~kAnyBit;
}

std::uint64_t digest(const Record& record) {
  // Four chains side by side take a quarter of the time of one.
  auto chains = kSeeds;
  std::size_t i = 0;
  for (; i + chains.size() <= Record::kWords; i += chains.size()) {
    for (std::size_t j = 0; j < chains.size(); ++j) {
      chains[j] = stir(chains[j], record.words[i + j]);
    }
  }
  for (std::size_t j = 0; i + j < Record::kWords; ++j) {
    chains[j] = stir(chains[j], record.words[i + j]);
  }
  return stir(stir(chains[0], chains[1]), stir(chains[2], chains[3]));
}

}  // namespace btcw::cache_file
