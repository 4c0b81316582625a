#pragma once

#include <filesystem>
#include <utility>

#include "btcw/base/result.h"
#include "btcw/market/listing.h"

namespace btcw {

/// Listings on disk, one file an exchange, shared by all processes: a reader sees a whole file or
/// the one before it. What others have put there is read with suspicion.
///
///     btcw-listing-1 binance 1732290000123 2      name, when it was fetched, how many lines follow
///     BTC/USDT
///     LUNA/USDT delisted                          no word: it is traded
class ListingStore {
 public:
  /// `folder` is made when something is saved.
  explicit ListingStore(std::filesystem::path folder) : folder_{std::move(folder)} {}

  /// Errors: not_found when there is none; bad_data when the file is not a whole listing of that
  /// exchange; unavailable with the system's reason.
  [[nodiscard]] Result<Listing> load(const ExchangeName& exchange) const;
  /// Errors: unavailable with the system's reason.
  [[nodiscard]] Result<void> save(const Listing& listing) const;

 private:
  [[nodiscard]] std::filesystem::path file_of(const ExchangeName& exchange) const;

  std::filesystem::path folder_;
};

}  // namespace btcw
