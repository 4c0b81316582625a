#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/base/time.h"

namespace btcw {

/// Whether a pair can be traded now.
enum class PairState {
  trading,
  halted,    ///< listed, but not traded for the moment, or not yet
  delisted,  ///< said to be gone by the exchange, or gone from its list
};
/// Its word in files and output: "trading".
std::string_view to_string(PairState state);
std::optional<PairState> parse_pair_state(std::string_view word);

struct ListedPair {
  Symbol symbol;
  PairState state = PairState::trading;

  friend bool operator==(const ListedPair&, const ListedPair&) = default;
};

/// The pairs of one exchange at one time.
struct Listing {
  ExchangeName exchange;
  UtcTime fetched;
  std::vector<ListedPair> pairs = {};  ///< sorted by symbol, each once, kMaxListedPairs at most

  /// The pair of that symbol; nullptr when there is none.
  [[nodiscard]] const ListedPair* find(const Symbol& symbol) const;
};
/// The longest list today has some four thousand pairs.
inline constexpr std::size_t kMaxListedPairs = 30'000;

/// Brings pairs as they came into a Listing's order. Of a symbol that comes several times the one
/// that is traded counts. Errors: bad_data for none, and for more than kMaxListedPairs.
Result<Listing> make_listing(ExchangeName exchange, UtcTime fetched, std::vector<ListedPair> pairs);

/// Adds to `fresh`, as delisted, what `before` had and `fresh` has no more, as far as there is
/// room.
void keep_delisted(Listing& fresh, const Listing& before);

}  // namespace btcw
