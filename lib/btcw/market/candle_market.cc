#include "btcw/market/candle_market.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "btcw/market/candles/candle_reader.h"
#include "btcw/market/candles/forms.h"
#include "btcw/market/exchange_record.h"
#include "btcw/market/exchanges/limit_headers.h"

namespace btcw {
namespace {

constexpr milliseconds kLeaveAlone = std::chrono::minutes{1};
constexpr std::size_t kMaxBody = std::size_t{2} * 1024 * 1024;

Error given_up() { return {Errc::unavailable, "cancelled"}; }

class RestCandles final : public CandleMarket {
 public:
  RestCandles(MarketOptions options, RequestBudget& budget, HttpTransport& http, const Clock& clock,
              Log& log)
      : options_{std::move(options)}, budget_{budget}, http_{http}, clock_{clock}, log_{log} {}

  Result<std::vector<Candle>> fetch(const CandleRequest& request,
                                    std::span<const int> wake_fds) override;

 private:
  /// One exchange.
  struct Place {
    ExchangeRecord record;
    SteadyTime next;                           ///< when it may be asked again
    std::optional<Error> down = std::nullopt;  ///< until then
  };

  Place& place_of(const ExchangeName& name);
  /// Waits until the exchange may be asked for that, and pays; or why it may not be.
  std::optional<Error> admit(Place& place, const Symbol& symbol, std::span<const int> wake_fds);
  std::optional<Error> pay(Place& place, std::span<const int> wake_fds);
  [[nodiscard]] bool wait(SteadyTime until, std::span<const int> wake_fds) const;
  Result<HttpResponse> send(const Place& place, std::string target, std::span<const int> wake_fds);
  void remember(Place& place, const Symbol& symbol, const Error& error);

  MarketOptions options_;
  RequestBudget& budget_;
  HttpTransport& http_;
  const Clock& clock_;
  Log& log_;
  std::map<ExchangeName, Place> places_;
};

RestCandles::Place& RestCandles::place_of(const ExchangeName& name) {
  const auto found = places_.find(name);
  if (found != places_.end()) return found->second;
  Place place{.record = {*find_exchange(name.text()), name, options_.of(name), clock_, &budget_},
              .next = clock_.steady_now()};
  return places_.emplace(name, std::move(place)).first->second;
}

Result<std::vector<Candle>> RestCandles::fetch(const CandleRequest& request,
                                               std::span<const int> wake_fds) {
  const CandleForm* const form = find_candle_form(request.exchange.text());
  const auto length = form == nullptr ? std::nullopt : length_for(*form, request.interval);
  if (!length) return Error{Errc::invalid_input, "it tells no candles of that interval"};
  Place& place = place_of(request.exchange);
  if (auto refused = admit(place, request.symbol, wake_fds)) return *std::move(refused);
  // One more than asked for, because the first one may be cut short.
  const auto parts = request.interval / kCandleLengths[*length] * (std::int64_t{request.count} + 1);
  const auto count = static_cast<int>(std::min<std::int64_t>(parts, form->most));
  auto response =
      send(place, candle_target(*form, request.symbol, *length, count, clock_.now()), wake_fds);
  // Every other call that the budget allows is left to the prices.
  place.next = clock_.steady_now() + 2 * place.record.exchange().budget.interval;
  if (response) {
    if (const auto until = pause_told(request.exchange.text(), *response)) {
      place.record.remember_limit({Errc::rate_limited, "its limit is nearly used up", *until});
    }
  }
  auto candles = response ? read_candles(*form, request.symbol, *length, *response)
                          : Result<std::vector<Candle>>{std::move(response).error()};
  if (!candles) {
    remember(place, request.symbol, candles.error());
    return candles;
  }
  const UtcTime first = candles->front().start;
  auto whole = joined(*candles, request.interval);
  if (whole.front().start != first) whole.erase(whole.begin());
  return whole;
}

std::optional<Error> RestCandles::admit(Place& place, const Symbol& symbol,
                                        std::span<const int> wake_fds) {
  if (!place.record.enabled()) {
    return Error{Errc::invalid_input, "not enabled in the configuration"};
  }
  if (place.down && clock_.steady_now() < place.next) return place.down;
  place.down.reset();
  if (!wait(place.next, wake_fds)) return given_up();
  if (auto objection = place.record.objection(symbol)) return objection;
  return pay(place, wake_fds);
}

std::optional<Error> RestCandles::pay(Place& place, std::span<const int> wake_fds) {
  const SteadyTime begun = clock_.steady_now();
  while (const auto later = place.record.pay_for_call(1)) {
    if (*later - begun > options_.timeout) {
      return Error{Errc::rate_limited, "what it may be asked is used up",
                   clock_.now() + std::chrono::ceil<milliseconds>(*later - begun)};
    }
    if (!wait(*later, wake_fds)) return given_up();
    if (auto limited = place.record.limit()) return limited;
  }
  return std::nullopt;
}

bool RestCandles::wait(SteadyTime until, std::span<const int> wake_fds) const {
  if (clock_.steady_now() < until) clock_.wait_until(until, wake_fds);
  return clock_.steady_now() >= until;
}

Result<HttpResponse> RestCandles::send(const Place& place, std::string target,
                                       std::span<const int> wake_fds) {
  log_.debug("asking", {{"exchange", place.record.name().text()}, {"target", target}});
  HttpRequest request = place.record.request({.target = std::move(target), .symbols = {}});
  request.connect_timeout = options_.connect_timeout;
  request.timeout = options_.timeout;
  request.max_body_bytes = kMaxBody;
  std::optional<Result<HttpResponse>> answer;
  http_.start(std::move(request),
              [&answer](Result<HttpResponse> response) { answer = std::move(response); });
  http_.drive(clock_.steady_now() + options_.timeout + seconds{5}, wake_fds);
  if (!answer) http_.cancel_all();
  return answer ? *std::move(answer) : given_up();
}

void RestCandles::remember(Place& place, const Symbol& symbol, const Error& error) {
  switch (error.code) {
    case Errc::rate_limited:
      place.record.remember_limit(error);
      break;
    case Errc::not_found:
      place.record.remember_unknown(symbol, error);
      break;
    case Errc::unavailable:
    case Errc::rejected:
      place.down = error;
      place.next = clock_.steady_now() + kLeaveAlone;
      break;
    case Errc::invalid_input:
    case Errc::bad_data:
      break;
  }
}

}  // namespace

std::unique_ptr<CandleMarket> make_candle_market(MarketOptions options, RequestBudget& budget,
                                                 HttpTransport& http, const Clock& clock,
                                                 Log& log) {
  return std::make_unique<RestCandles>(std::move(options), budget, http, clock, log);
}

}  // namespace btcw
