#pragma once

#include <string_view>

#include "btcw/market/listings/listing_reader.h"
#include "support/fuzz_answer.h"
#include "support/fuzz_base.h"
#include "support/fuzz_pick.h"

namespace btcw::test {

/// The readers of all exchanges' listings. The first byte picks the exchange unless `only` names
/// it, the second the status; the rest is the body.
inline void fuzz_listing(std::string_view input, std::string_view only = {}) {
  if (input.size() < 2) return;
  const ListingForm& form = picked(listing_forms(), &ListingForm::exchange, input[0], only);
  const auto response = fuzzed_answer(static_cast<unsigned char>(input[1]), input.substr(2));
  const auto exchange = ExchangeName::parse(form.exchange).value();

  const auto listing = read_listing(form, exchange, response);

  if (!listing) {
    expect((listing.error().code == Errc::rate_limited) == listing.error().retry_at.has_value());
    expect_sober(listing.error());
    return;
  }
  expect(response.status == 200 && listing->exchange == exchange);
  expect(!listing->pairs.empty() && listing->pairs.size() <= kMaxListedPairs);
  for (std::size_t i = 0; i < listing->pairs.size(); ++i) {
    const Symbol& symbol = listing->pairs[i].symbol;
    expect(i == 0 || listing->pairs[i - 1].symbol < symbol);
    expect(Symbol::parse(symbol.text()).value() == symbol);
  }
}

}  // namespace btcw::test
