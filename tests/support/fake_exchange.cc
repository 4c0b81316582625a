#include "support/fake_exchange.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace btcw::test {
namespace {

std::string http_date(seconds from_now) {
  const std::time_t at = std::time(nullptr) + from_now.count();
  std::tm parts{};
  ::gmtime_r(&at, &parts);
  std::array<char, 64> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return std::string{text.data(), size};
}

ServedResponse status(int code, std::string body, HttpHeaders headers = {}) {
  return {.status = code, .headers = std::move(headers), .body = std::move(body)};
}

constexpr std::string_view kPage = "<!DOCTYPE html><html><body>Sorry: last 1.00</body></html>";

/// The answer in trouble; `good` is what it would be without.
ServedResponse troubled(std::string_view exchange, const FakeBehaviour& behaviour,
                        ServedResponse good) {
  const std::string wait = std::to_string(behaviour.retry_after.count());
  switch (behaviour.trouble) {
    case FakeTrouble::none:
      return good;
    case FakeTrouble::down:
      return status(503, std::string{kPage});
    case FakeTrouble::hang:
      return {.fault = Fault::hang};
    case FakeTrouble::limit:
      return fake_limit(exchange, behaviour.retry_after);
    case FakeTrouble::limit_seconds:
      return status(429, "slow down", {{"Retry-After", wait}});
    case FakeTrouble::limit_date:
      return status(429, "slow down", {{"Retry-After", http_date(behaviour.retry_after)}});
    case FakeTrouble::ban:
      return status(418, "banned", {{"Retry-After", wait}});
    case FakeTrouble::forbidden:
      return status(403, "access too frequent");
    case FakeTrouble::region:
      return status(451, R"({"code":0,"msg":"Service unavailable from a restricted location"})");
    case FakeTrouble::not_http:
      return {.fault = Fault::garbage};
    case FakeTrouble::not_json:
      return status(200, std::string{kPage});
    case FakeTrouble::cut_off:
      good.fault = Fault::cut_in_body;
      return good;
    case FakeTrouble::close:
      return {.fault = Fault::close};
    case FakeTrouble::half_json:
      good.body.resize(good.body.size() / 2);
      return good;
  }
  return good;
}

/// "/binance/api/v3" -> {"binance", "/api/v3"}
std::pair<std::string, std::string> split(std::string_view target) {
  target.remove_prefix(std::min<std::size_t>(1, target.size()));
  const auto slash = std::min(target.find('/'), target.size());
  return {std::string{target.substr(0, slash)}, std::string{target.substr(slash)}};
}

}  // namespace

FakeExchange::FakeExchange()
    : server_{std::make_unique<HttpServer>(
          [this](const ServedRequest& request) { return serve(request); })} {}

std::string FakeExchange::url(std::string_view exchange) const {
  return server_->url() + "/" + std::string{exchange};
}

void FakeExchange::set(std::string symbol, FakeQuote quote) {
  const std::lock_guard lock{mutex_};
  everywhere_.insert_or_assign(std::move(symbol), std::move(quote));
}

void FakeExchange::set(std::string exchange, std::string symbol, FakeQuote quote) {
  const std::lock_guard lock{mutex_};
  special_[std::move(exchange)].insert_or_assign(std::move(symbol), std::move(quote));
}

void FakeExchange::remove(const std::string& exchange, std::string symbol) {
  const std::lock_guard lock{mutex_};
  removed_[exchange].push_back(std::move(symbol));
}

void FakeExchange::behave(const std::string& exchange, FakeBehaviour behaviour) {
  const std::lock_guard lock{mutex_};
  behaviours_.insert_or_assign(exchange, behaviour);
}

std::vector<std::string> FakeExchange::targets(std::string_view exchange) const {
  std::vector<std::string> targets;
  for (const ServedRequest& request : server_->requests()) {
    auto [name, target] = split(request.target);
    if (name == exchange) targets.push_back(std::move(target));
  }
  return targets;
}

std::size_t FakeExchange::requests(std::string_view exchange) const {
  return targets(exchange).size();
}

FakeListing FakeExchange::listing(const std::string& exchange) const {
  FakeListing listing = everywhere_;
  if (const auto special = special_.find(exchange); special != special_.end()) {
    for (const auto& [symbol, quote] : special->second) listing.insert_or_assign(symbol, quote);
  }
  if (const auto removed = removed_.find(exchange); removed != removed_.end()) {
    for (const std::string& symbol : removed->second) listing.erase(symbol);
  }
  return listing;
}

std::size_t FakeExchange::excesses(const std::string& exchange) const {
  const std::lock_guard lock{mutex_};
  const auto found = excesses_.find(exchange);
  return found == excesses_.end() ? 0 : found->second;
}

bool FakeExchange::exceeds(const std::string& exchange, const FakeLimit& limit) {
  const SteadyTime now = std::chrono::steady_clock::now();
  SteadyTime& paid_until = paid_until_[exchange];
  paid_until = std::max(paid_until, now);
  if (paid_until + limit.interval > now + limit.burst * limit.interval) return true;
  paid_until += limit.interval;
  return false;
}

ServedResponse FakeExchange::serve(const ServedRequest& request) {
  const std::lock_guard lock{mutex_};
  const auto [exchange, target] = split(request.target);
  const auto found = behaviours_.find(exchange);
  const bool behaves = found != behaviours_.end() && target.starts_with(found->second.only_for);
  FakeBehaviour behaviour = behaves ? found->second : FakeBehaviour{};
  if (behaviour.limit && exceeds(exchange, *behaviour.limit)) {
    ++excesses_[exchange];
    behaviour.trouble = FakeTrouble::limit;
  }
  ServedResponse response = troubled(
      exchange, behaviour, fake_answer(exchange, listing(exchange), target, behaviour.filler_rows));
  response.framing = behaviour.framing;
  response.coding = behaviour.coding;
  response.delay = behaviour.delay;
  return response;
}

}  // namespace btcw::test
