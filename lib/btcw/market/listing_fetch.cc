#include "btcw/market/listing_fetch.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <string>
#include <utility>

#include "btcw/market/exchange_record.h"
#include "btcw/market/exchanges/limit_headers.h"
#include "btcw/market/listings/forms.h"
#include "btcw/market/listings/listing_reader.h"

namespace btcw {
namespace {

// Lists are long: some have ten megabytes, and take longer than a price.
constexpr std::size_t kMaxBody = std::size_t{32} * 1024 * 1024;
constexpr milliseconds kShortestTimeout = seconds{30};

class ListingFetch {
 public:
  explicit ListingFetch(const ListingTools& tools)
      : tools_{tools}, begun_{tools.clock.steady_now()} {}

  std::vector<Result<Listing>> run(std::span<const ExchangeName> exchanges);

 private:
  enum class Stage { waiting, asking, settled };
  /// One exchange.
  struct Place {
    const ListingForm& form;
    ExchangeRecord record;
    std::size_t index;  ///< of its answer
    Stage stage = Stage::waiting;
  };

  void add(const ExchangeName& name, std::size_t index);
  /// Asks whom the budget allows. Returns when more may be asked.
  SteadyTime start_all();
  /// nullopt: asked, or never to be asked.
  std::optional<SteadyTime> start(Place& place);
  void take(Place& place, Result<HttpResponse> response);
  void settle(Place& place, Result<Listing> outcome);
  [[nodiscard]] bool is_in(Stage stage) const;
  [[nodiscard]] milliseconds timeout() const {
    return std::max(tools_.options.timeout, kShortestTimeout);
  }

  const ListingTools& tools_;
  SteadyTime begun_;
  std::deque<Place> places_;  // what is under way refers to its place
  std::vector<Result<Listing>> listings_;
};

void ListingFetch::add(const ExchangeName& name, std::size_t index) {
  const ListingForm* const form = find_listing_form(name.text());
  if (form == nullptr) {
    listings_[index] = Error{Errc::invalid_input, "there is no list of its pairs"};
    return;
  }
  places_.push_back({.form = *form,
                     .record = {*find_exchange(name.text()), name, tools_.options.of(name),
                                tools_.clock, &tools_.budget},
                     .index = index});
}

std::vector<Result<Listing>> ListingFetch::run(std::span<const ExchangeName> exchanges) {
  listings_.assign(exchanges.size(), Error{Errc::unavailable, "no answer in time"});
  for (std::size_t i = 0; i < exchanges.size(); ++i) add(exchanges[i], i);
  const SteadyTime end = begun_ + tools_.options.timeout + timeout() + seconds{5};
  SteadyTime more = start_all();
  while ((is_in(Stage::waiting) || is_in(Stage::asking)) && tools_.clock.steady_now() < end) {
    if (is_in(Stage::asking)) {
      tools_.http.drive(std::min(more, end));
    } else {
      tools_.clock.wait_until(std::min(more, end), {});
    }
    more = start_all();
  }
  if (is_in(Stage::asking)) tools_.http.cancel_all();
  return std::move(listings_);
}

SteadyTime ListingFetch::start_all() {
  SteadyTime more = SteadyTime::max();
  for (Place& place : places_) {
    if (place.stage != Stage::waiting) continue;
    if (const auto later = start(place)) more = std::min(more, *later);
  }
  return more;
}

std::optional<SteadyTime> ListingFetch::start(Place& place) {
  if (auto limited = place.record.limit()) {
    settle(place, *std::move(limited));
    return std::nullopt;
  }
  if (const auto later = place.record.pay_for_call(1)) {
    if (*later - begun_ <= tools_.options.timeout) return later;
    const auto wait = std::chrono::ceil<milliseconds>(*later - tools_.clock.steady_now());
    settle(place,
           Error{Errc::rate_limited, "what it may be asked is used up", tools_.clock.now() + wait});
    return std::nullopt;
  }
  HttpRequest request =
      place.record.request({.target = std::string{place.form.target}, .symbols = {}});
  request.connect_timeout = tools_.options.connect_timeout;
  request.timeout = timeout();
  request.max_body_bytes = kMaxBody;
  tools_.log.debug("asking",
                   {{"exchange", place.record.name().text()}, {"target", place.form.target}});
  place.stage = Stage::asking;
  tools_.http.start(std::move(request), [this, &place](Result<HttpResponse> response) {
    take(place, std::move(response));
  });
  return std::nullopt;
}

void ListingFetch::take(Place& place, Result<HttpResponse> response) {
  const ExchangeName name = place.record.name();
  if (!response) {
    settle(place, std::move(response).error());
    return;
  }
  if (const auto until = pause_told(name.text(), *response)) {
    place.record.remember_limit({Errc::rate_limited, "its limit is nearly used up", *until});
  }
  auto listing = read_listing(place.form, name, *response);
  if (!listing && listing.error().code == Errc::rate_limited) {
    place.record.remember_limit(listing.error());
  }
  settle(place, std::move(listing));
}

void ListingFetch::settle(Place& place, Result<Listing> outcome) {
  place.stage = Stage::settled;
  listings_[place.index] = std::move(outcome);
}

bool ListingFetch::is_in(Stage stage) const {
  return std::any_of(places_.begin(), places_.end(),
                     [stage](const Place& place) { return place.stage == stage; });
}

}  // namespace

std::vector<Result<Listing>> fetch_listings(std::span<const ExchangeName> exchanges,
                                            const ListingTools& tools) {
  return ListingFetch{tools}.run(exchanges);
}

}  // namespace btcw
