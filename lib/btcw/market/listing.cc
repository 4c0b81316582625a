#include "btcw/market/listing.h"

#include <algorithm>
#include <array>
#include <utility>

namespace btcw {
namespace {

constexpr std::array kStates{PairState::trading, PairState::halted, PairState::delisted};

bool by_symbol(const ListedPair& a, const ListedPair& b) { return a.symbol < b.symbol; }

}  // namespace

std::string_view to_string(PairState state) {
  switch (state) {
    case PairState::trading:
      return "trading";
    case PairState::halted:
      return "halted";
    case PairState::delisted:
      return "delisted";
  }
  return "unknown";
}

std::optional<PairState> parse_pair_state(std::string_view word) {
  for (const PairState state : kStates) {
    if (to_string(state) == word) return state;
  }
  return std::nullopt;
}

const ListedPair* Listing::find(const Symbol& symbol) const {
  const auto found = std::lower_bound(pairs.begin(), pairs.end(), ListedPair{symbol}, by_symbol);
  return found != pairs.end() && found->symbol == symbol ? &*found : nullptr;
}

Result<Listing> make_listing(ExchangeName exchange, UtcTime fetched,
                             std::vector<ListedPair> pairs) {
  std::sort(pairs.begin(), pairs.end(), [](const ListedPair& a, const ListedPair& b) {
    return a.symbol != b.symbol ? a.symbol < b.symbol : a.state < b.state;
  });
  const auto same = [](const ListedPair& a, const ListedPair& b) { return a.symbol == b.symbol; };
  pairs.erase(std::unique(pairs.begin(), pairs.end(), same), pairs.end());
  if (pairs.empty()) return Error{Errc::bad_data, "the list has no pairs"};
  if (pairs.size() > kMaxListedPairs) return Error{Errc::bad_data, "the list has too many pairs"};
  return Listing{exchange, fetched, std::move(pairs)};
}

void keep_delisted(Listing& fresh, const Listing& before) {
  std::vector<ListedPair> gone;
  for (const ListedPair& pair : before.pairs) {
    if (fresh.pairs.size() + gone.size() >= kMaxListedPairs) break;
    if (fresh.find(pair.symbol) == nullptr) gone.push_back({pair.symbol, PairState::delisted});
  }
  fresh.pairs.insert(fresh.pairs.end(), gone.begin(), gone.end());
  std::sort(fresh.pairs.begin(), fresh.pairs.end(), by_symbol);
}

}  // namespace btcw
