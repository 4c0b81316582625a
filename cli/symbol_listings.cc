#include "symbol_listings.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "btcw/market/exchange_names.h"
#include "btcw/online/online.h"
#include "btcw/store/request_budget.h"
#include "online_market.h"

namespace btcw::cli {
namespace {

constexpr milliseconds kDay = std::chrono::hours{24};

}  // namespace

SymbolListings::SymbolListings(const Config& config, Session& session)
    : store_{config.general.state_dir / "listings"}, session_{session} {}

bool SymbolListings::is_young(const Listing& listing) const {
  const milliseconds age = session_.clock.now() - listing.fetched;
  // One from the future comes from a clock that was wrong, then or now.
  return age < kDay && age > -std::chrono::minutes{1};
}

std::vector<FoundListing> SymbolListings::find(std::span<const ExchangeName> exchanges,
                                               Renewal renewal) {
  std::vector<FoundListing> found;
  std::vector<ExchangeName> wanted;
  std::vector<std::size_t> places;
  for (const ExchangeName& exchange : exchanges) {
    FoundListing& each = found.emplace_back(FoundListing{exchange});
    auto stored = store_.load(exchange);
    if (stored) each.listing = *std::move(stored);
    if (each.listing && renewal == Renewal::daily && is_young(*each.listing)) continue;
    places.push_back(found.size() - 1);
    wanted.push_back(exchange);
  }
  if (wanted.empty()) return found;

  auto fetched = fetch(wanted);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    FoundListing& each = found[places[i]];
    if (!fetched[i]) {
      each.error = std::move(fetched[i]).error();
      continue;
    }
    if (each.listing) keep_delisted(*fetched[i], *each.listing);
    each.listing = *std::move(fetched[i]);
    if (const auto saved = store_.save(*each.listing); !saved) {
      session_.log.warning(fmt::format("{}: {}", each.exchange.text(), saved.error().message));
    }
  }
  return found;
}

std::vector<Result<Listing>> SymbolListings::fetch(std::span<const ExchangeName> exchanges) {
  const auto all_fail = [exchanges](const Error& error) {
    return std::vector<Result<Listing>>(exchanges.size(), error);
  };
  auto config = session_.load_config(SecretFetching::all_but_channels);
  if (!config) return all_fail(config.error());
  const auto online = load_online();
  if (!online) return all_fail(online.error());
  const auto http = (*online)->make_http(std::move(config->http), session_.clock, session_.log);
  SharedBudget budget{request_budget_file(*config), session_.clock, session_.log};
  return (*online)->fetch_listings(exchanges, {.options = config->market,
                                               .budget = budget,
                                               .http = *http,
                                               .clock = session_.clock,
                                               .log = session_.log});
}

std::vector<Listing> SymbolListings::stored() const {
  std::vector<Listing> listings;
  for (const std::string_view name : exchange_names()) {
    const auto exchange = ExchangeName::parse(name);
    auto listing = exchange ? store_.load(*exchange) : Result<Listing>{Error{}};
    if (listing) listings.push_back(*std::move(listing));
  }
  return listings;
}

void tell_states(std::span<PriceAnswer> answers, std::span<const Listing> listings) {
  for (PriceAnswer& answer : answers) {
    if (!answer.error || answer.error->code != Errc::not_found) continue;
    std::string remark;
    for (const Listing& listing : listings) {
      if (answer.request.exchange && *answer.request.exchange != listing.exchange) continue;
      const ListedPair* const pair = listing.find(answer.request.symbol);
      if (pair == nullptr || pair->state == PairState::trading) continue;
      fmt::format_to(std::back_inserter(remark), "{}{} at {}", remark.empty() ? "" : ", ",
                     to_string(pair->state), listing.exchange.text());
    }
    if (!remark.empty()) answer.error->message += " (" + remark + ")";
  }
}

}  // namespace btcw::cli
