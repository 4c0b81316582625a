#include "btcw/market/listing_fetch.h"

#include <algorithm>
#include <string>
#include <utility>

#include "btcw/market/exchange_record.h"
#include "btcw/market/listings/forms.h"
#include "btcw/market/listings/listing_reader.h"

namespace btcw {
namespace {

// Lists are long: some have ten megabytes, and take longer than a price.
constexpr std::size_t kMaxBody = std::size_t{32} * 1024 * 1024;
constexpr milliseconds kShortestTimeout = seconds{30};

HttpRequest request_for(const ListingForm& form, const ExchangeName& name,
                        const MarketOptions& options, const Clock& clock) {
  const auto section = options.exchanges.find(name);
  const ExchangeOptions own =
      section == options.exchanges.end() ? ExchangeOptions{} : section->second;
  const ExchangeRecord record{*find_exchange(name.text()), name, own, clock};
  return record.request({.target = std::string{form.target}, .symbols = {}});
}

}  // namespace

std::vector<Result<Listing>> fetch_listings(std::span<const ExchangeName> exchanges,
                                            const MarketOptions& options, HttpTransport& http,
                                            const Clock& clock, Log& log) {
  std::vector<Result<Listing>> listings(exchanges.size(),
                                        Error{Errc::unavailable, "no answer in time"});
  std::size_t open = 0;
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    const ListingForm* const form = find_listing_form(exchanges[i].text());
    if (form == nullptr) {
      listings[i] = Error{Errc::invalid_input, "there is no list of its pairs"};
      continue;
    }
    HttpRequest request = request_for(*form, exchanges[i], options, clock);
    request.connect_timeout = options.connect_timeout;
    request.timeout = std::max(options.timeout, kShortestTimeout);
    request.max_body_bytes = kMaxBody;
    log.debug("asking", {{"exchange", exchanges[i].text()}, {"target", form->target}});
    ++open;
    http.start(std::move(request),
               [&listings, &open, form, i, name = exchanges[i]](Result<HttpResponse> response) {
                 --open;
                 listings[i] = response ? read_listing(*form, name, *response)
                                        : Result<Listing>{std::move(response).error()};
               });
  }
  const SteadyTime until =
      clock.steady_now() + std::max(options.timeout, kShortestTimeout) + seconds{5};
  while (open > 0 && clock.steady_now() < until) http.drive(until);
  if (open > 0) http.cancel_all();
  return listings;
}

}  // namespace btcw
