#include "support/fake_channels.h"

#include <algorithm>
#include <cassert>
#include <nlohmann/json.hpp>

#include "btcw/base/percent.h"
#include "support/channel_ports.h"

namespace btcw::test {
namespace {

std::vector<std::pair<std::string, std::string>> pairs_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    pairs.emplace_back(
        percent_decode(pair.substr(0, equals)).value_or("?"),
        percent_decode(pair.substr(std::min(equals + 1, pair.size()))).value_or("?"));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pairs;
}

std::string value_in(const std::vector<std::pair<std::string, std::string>>& pairs,
                     std::string_view key) {
  for (const auto& [name, value] : pairs) {
    if (name == key) return value;
  }
  return {};
}

const FakeService* find_service(std::string_view type) {
  for (const auto services : {fake_chat_services(), fake_push_services()}) {
    for (const FakeService& service : services) {
      if (service.type == type) return &service;
    }
  }
  return nullptr;
}

FakeReading read(const FakeService& service, const FakeRequest& request) {
  const auto type = request.http.header("content-type").value_or("");
  if (!type.starts_with("multipart/") && !is_valid_utf8(request.http.body))
    return refuse(Refused::content, "not UTF-8");
  try {
    FakeReading reading = service.read(request);
    reading.delivery.body = request.http.body;
    return reading;
  } catch (const nlohmann::json::exception& exception) {
    return refuse(Refused::content, exception.what());
  }
}

std::string http_date(seconds from_now) {
  const std::time_t at = std::time(nullptr) + from_now.count();
  std::tm parts{};
  gmtime_r(&at, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

// Whether the trouble is one of the way back: the message itself was taken.
bool takes_the_message(ChannelTrouble trouble) {
  switch (trouble) {
    case ChannelTrouble::none:
    case ChannelTrouble::garbage:
    case ChannelTrouble::hang:
    case ChannelTrouble::close:
    case ChannelTrouble::reset:
    case ChannelTrouble::cut_off:
    case ChannelTrouble::not_http:
      return true;
    case ChannelTrouble::bad_token:
    case ChannelTrouble::no_target:
    case ChannelTrouble::limit:
    case ChannelTrouble::limit_seconds:
    case ChannelTrouble::limit_date:
    case ChannelTrouble::down:
    case ChannelTrouble::error_in_200:
      return false;
  }
  return false;
}

ServedResponse faulty(ServedResponse response, Fault fault) {
  response.fault = fault;
  return response;
}

}  // namespace

std::string FakeRequest::query_value(std::string_view key) const { return value_in(query, key); }
std::string FakeRequest::form_value(std::string_view key) const { return value_in(form, key); }

FakeChannels::FakeChannels()
    : server_{std::make_unique<HttpServer>(
          [this](const ServedRequest& request) { return serve(request); })} {}

std::string FakeChannels::url(std::string_view type) const {
  return server_->url() + '/' + std::string{type};
}

std::vector<std::pair<std::string, std::string>> FakeChannels::values(std::string_view type) const {
  return sample_values(type, url(type));
}

void FakeChannels::behave(const std::string& type, ChannelBehaviour behaviour) {
  const std::lock_guard lock{mutex_};
  services_[type].behaviour = behaviour;
}

std::vector<FakeDelivery> FakeChannels::deliveries(std::string_view type) const {
  const std::lock_guard lock{mutex_};
  const auto found = services_.find(type);
  return found == services_.end() ? std::vector<FakeDelivery>{} : found->second.deliveries;
}

std::size_t FakeChannels::requests(std::string_view type) const {
  const std::lock_guard lock{mutex_};
  const auto found = services_.find(type);
  return found == services_.end() ? 0 : found->second.requests;
}

std::vector<std::string> FakeChannels::refusals(std::string_view type) const {
  const std::lock_guard lock{mutex_};
  const auto found = services_.find(type);
  return found == services_.end() ? std::vector<std::string>{} : found->second.refusals;
}

ServedResponse FakeChannels::answer(const FakeService& service, const ChannelBehaviour& behaviour) {
  const seconds wait = behaviour.retry_after;
  switch (behaviour.trouble) {
    case ChannelTrouble::none:
      return service.taken();
    case ChannelTrouble::bad_token:
      return service.refused(Refused::token, "", wait);
    case ChannelTrouble::no_target:
      return service.refused(Refused::target, "", wait);
    case ChannelTrouble::limit:
      return service.refused(Refused::limit, "", wait);
    case ChannelTrouble::limit_seconds:
      return {.status = 429, .headers = {{"Retry-After", std::to_string(wait.count())}}};
    case ChannelTrouble::limit_date:
      return {.status = 429, .headers = {{"Retry-After", http_date(wait)}}};
    case ChannelTrouble::down:
      return {.status = 503, .body = "<html>down</html>"};
    case ChannelTrouble::garbage:
      return {.body = "<html>please sign in</html>"};
    case ChannelTrouble::error_in_200: {
      ServedResponse response = service.refused(Refused::content, "refused", wait);
      response.status = 200;
      return response;
    }
    case ChannelTrouble::hang:
      return faulty(service.taken(), Fault::hang);
    case ChannelTrouble::close:
      return faulty(service.taken(), Fault::close);
    case ChannelTrouble::reset:
      return faulty(service.taken(), Fault::reset);
    case ChannelTrouble::cut_off:
      return faulty(service.taken(), Fault::cut_in_body);
    case ChannelTrouble::not_http:
      return faulty(service.taken(), Fault::garbage);
  }
  return service.taken();
}

ServedResponse FakeChannels::serve(const ServedRequest& request) {
  const std::string path{request.path()};
  const std::size_t slash = std::min(path.find('/', 1), path.size());
  const std::string type = path.substr(1, slash - 1);
  const FakeService* service = find_service(type);
  if (service == nullptr) return {.status = 404, .body = "no such service"};
  const std::size_t question = std::min(request.target.find('?'), request.target.size());
  const auto content_type = request.header("content-type").value_or("");
  const bool is_form = content_type.find("form-urlencoded") != std::string_view::npos;
  const FakeRequest taken_apart{.http = request,
                                .target = path.substr(slash),
                                .query = pairs_of(std::string_view{request.target}.substr(
                                    std::min(question + 1, request.target.size()))),
                                .form = is_form ? pairs_of(request.body) : pairs_of("")};

  const std::lock_guard lock{mutex_};
  Service& state = services_[type];
  ++state.requests;
  ChannelBehaviour now = state.behaviour;
  if (state.behaviour.after > 0) {
    --state.behaviour.after;
    now.trouble = ChannelTrouble::none;
  } else if (state.behaviour.times > 0 && --state.behaviour.times == 0) {
    state.behaviour.trouble = ChannelTrouble::none;
  }
  FakeReading reading = read(*service, taken_apart);
  if (reading.refusal) {
    state.refusals.push_back(reading.refusal->second);
    return service->refused(reading.refusal->first, reading.refusal->second, now.retry_after);
  }
  const std::string& transaction = reading.delivery.transaction;
  const bool is_repeat =
      !transaction.empty() &&
      std::any_of(state.deliveries.begin(), state.deliveries.end(),
                  [&](const FakeDelivery& known) { return known.transaction == transaction; });
  if (takes_the_message(now.trouble) && !is_repeat) {
    state.deliveries.push_back(std::move(reading.delivery));
  }
  ServedResponse response = answer(*service, now);
  response.delay = now.delay;
  return response;
}

}  // namespace btcw::test
