#pragma once

#include <span>
#include <vector>

#include "btcw/config/config.h"
#include "btcw/market/listing.h"
#include "btcw/market/listing_store.h"
#include "btcw/price/price_lookup.h"
#include "session.h"

namespace btcw::cli {

enum class Renewal {
  daily,  ///< what is older than a day is fetched
  all     ///< everything is fetched
};

/// What an exchange lists: its listing, and, where that is older than it should be, why.
struct FoundListing {
  ExchangeName exchange;
  std::optional<Listing> listing = std::nullopt;
  std::optional<Error> error = std::nullopt;
};

/// The exchanges' pairs, fetched once a day at most and kept in the state folder for all commands.
class SymbolListings {
 public:
  SymbolListings(const Config& config, Session& session);

  /// From the disk, and from the exchanges where that is too old. One answer an exchange, in order.
  /// Errors of an answer: those of fetch_listings(), of load_config() and of load_online().
  std::vector<FoundListing> find(std::span<const ExchangeName> exchanges, Renewal renewal);

  /// What is on the disk, however old, of all exchanges. Touches no network.
  [[nodiscard]] std::vector<Listing> stored() const;

 private:
  std::vector<Result<Listing>> fetch(std::span<const ExchangeName> exchanges);
  [[nodiscard]] bool is_young(const Listing& listing) const;

  ListingStore store_;
  Session& session_;
};

/// Adds to each answer that says that a symbol is not found where it was, and is no more:
/// "LUNA/USDT: … (delisted at binance)".
void tell_states(std::span<PriceAnswer> answers, std::span<const Listing> listings);

}  // namespace btcw::cli
