#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "btcw/base/symbol.h"
#include "btcw/base/ticker.h"
#include "btcw/base/time.h"

namespace btcw::cache_file {

/// Which question an entry of the file answers.
enum class KeyKind : std::uint64_t {
  any = 1,       ///< the symbol, from wherever
  exchange = 2,  ///< the symbol, from that exchange
};

/// A ticker as 64-bit words: no padding, no pointer, the same bytes in every process.
struct Record {
  static constexpr std::size_t kWords = 19;
  static constexpr std::size_t kExchange = 0;      ///< 2 words: 15 bytes of text, its length
  static constexpr std::size_t kSymbol = 2;        ///< 4 words: 31 bytes of text, its length
  static constexpr std::size_t kReceived = 6;      ///< ms since 1970
  static constexpr std::size_t kTimestamp = 7;     ///< likewise; 0 where absent
  static constexpr std::size_t kCoefficients = 8;  ///< 9 words: last, then kOptionalNumbers
  static constexpr std::size_t kPlaces = 17;  ///< 2 words: 9 bytes, then a byte 0, then kPresent
  static constexpr std::size_t kPresentShift = 16;  ///< in the second of these: one bit a field

  std::array<std::uint64_t, kWords> words;

  [[nodiscard]] UtcTime received() const {
    return from_unix_ms(static_cast<std::int64_t>(words[kReceived]));
  }
  friend bool operator==(const Record&, const Record&) = default;
};

/// Precondition: is_cacheable(ticker).
Record encode(const Ticker& ticker);

/// nullopt for words that encode() does not make: the file is not to be trusted.
std::optional<Ticker> decode(const Record& record);

/// What an entry is found by. The exchange's words are zero where `kind` is any.
struct Key {
  KeyKind kind = KeyKind::any;
  std::array<std::uint64_t, 6> words{};

  static Key of(const SymbolRequest& request);
  static Key of(KeyKind kind, const Record& record);

  /// Spreads over all 64 bits, but for bit 63, which says that the kind is any.
  [[nodiscard]] std::uint64_t hash() const;

  friend bool operator==(const Key&, const Key&) = default;
};

/// Of all words of a record. A change within a single word never goes unnoticed, any other with a
/// chance of 2^-64.
std::uint64_t digest(const Record& record);

/// Mixes one more word into a hash.
constexpr std::uint64_t stir(std::uint64_t state, std::uint64_t word) {
  state = (state ^ word) * 0x9E37'79B9'7F4A'7C15U;
  return state ^ (state >> 32U);
}

}  // namespace btcw::cache_file
