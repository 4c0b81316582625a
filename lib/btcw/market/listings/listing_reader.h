#pragma once

#include "btcw/market/listing.h"
#include "btcw/market/listings/forms.h"
#include "btcw/net/http.h"

namespace btcw {

/// Reads the answer to a GET of `form.target`. A row that names no pair that can be spelled is
/// passed over.
/// Errors: rate_limited with retry_at, rejected, unavailable by the status; bad_data for what is
/// not the documented answer, and for one without a single pair.
Result<Listing> read_listing(const ListingForm& form, const ExchangeName& exchange,
                             const HttpResponse& response);

}  // namespace btcw
