#include "support/drain_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace btcw::test {

void Timeline::wait_until(SteadyTime until, std::span<const int>) const {
  ++waits_;
  empty_waits_ = until <= steady_now() ? empty_waits_ + 1 : 0;
  most_empty_waits_ = std::max(most_empty_waits_, empty_waits_);
  const auto next = events_.begin();
  if (next != events_.end() && next->first <= until) {
    const auto what = std::move(next->second);
    clock_.wait_until(next->first, {});
    events_.erase(next);
    what();
    return;
  }
  if (until == SteadyTime::max()) {
    ++sleeps_;
    raise(Signal::stop);
    return;
  }
  clock_.wait_until(until, {});
}

std::optional<Signal> Timeline::take() {
  if (signals_.empty()) return std::nullopt;
  const Signal first = signals_.front();
  signals_.pop_front();
  return first;
}

void ScriptedChannel::deliver(const Notification& notification, milliseconds timeout,
                              DeliveryDone done) {
  sent_.push_back({notification, timeline_.now()});
  ScriptedDelivery next = usual_;
  if (!script_.empty()) {
    next = std::move(script_.front());
    script_.pop_front();
  }
  const auto finish = [this, next, done] {
    Delivery delivery{.result = next.result, .detail = next.detail};
    if (next.result == DeliveryResult::delivered) delivery.detail.clear();
    if (next.retry_after) delivery.retry_at = timeline_.now() + *next.retry_after;
    done(delivery);
  };
  if (next.takes == milliseconds{}) return finish();
  if (next.takes < timeout) return timeline_.after(next.takes, finish);
  timeline_.after(timeout, [done = std::move(done)] {
    done({.result = DeliveryResult::ambiguous, .detail = "no answer in time"});
  });
}

DrainStage::DrainStage(std::unique_ptr<DeliveryLog> deliveries)
    : deliveries_{deliveries ? std::move(deliveries) : std::make_unique<MemoryDeliveryLog>()} {}
DrainStage::~DrainStage() = default;

ChannelRoute& DrainStage::channel(const std::string& name) {
  services_.try_emplace(name);
  ChannelRoute& route = routes_[name];
  route.type = "webhook";
  route.settings.name = name;
  return route;
}

void DrainStage::script(const std::string& name, std::vector<ScriptedDelivery> deliveries) {
  auto& script = services_[name].script;
  for (auto& delivery : deliveries) script.push_back(std::move(delivery));
}

Notification& DrainStage::draft(std::string_view id, std::vector<std::string> channels) {
  drafts_.push_back(
      {.id = std::string{id}, .body = "text of " + std::string{id}, .created = time.now()});
  drafts_.back().channels = std::move(channels);
  return drafts_.back();
}

void DrainStage::add_drafts(milliseconds later) {
  std::vector<Queue::NewMessage> messages;
  for (const Notification& message : drafts_) messages.push_back({message, time.now() + later});
  drafts_.clear();
  if (!queue.add(messages)) throw std::runtime_error{"add"};
}

void DrainStage::add(std::string_view id, std::vector<std::string> channels) {
  draft(id, std::move(channels));
  add_drafts();
}

void DrainStage::add_many(std::string_view prefix, std::size_t count, const std::string& channel) {
  for (std::size_t i = 0; i < count; ++i) draft(fmt::format("{}{:04}", prefix, i), {channel});
  add_drafts();
}

void DrainStage::make_drainer() {
  if (drainer_ != nullptr) return;
  channels_ = std::make_unique<ChannelSet>(
      std::move(routes_),
      ChannelSetPorts{.network = []() -> Result<NetTransport*> {
                        return Error{Errc::unavailable, "no net"};
                      },
                      .commands = *this,
                      .clock = time,
                      .out = nullptr,
                      .bearer_token = {},
                      .adhoc_url = [this](std::string_view name) -> Result<std::string> {
                        const auto found = adhoc_urls.find(name);
                        if (found == adhoc_urls.end()) return Error{Errc::not_found, "gone"};
                        return found->second;
                      }});
  for (auto& [name, service] : services_) {
    channels_->put(
        name, std::make_unique<ScriptedChannel>(time, service.sent, service.script, service.usual));
  }
  drainer_ = std::make_unique<Drainer>(DrainPorts{.queue = queue,
                                                  .channels = *channels_,
                                                  .deliveries = *deliveries_,
                                                  .commands = *this,
                                                  .clock = time,
                                                  .random = random_,
                                                  .log = log,
                                                  .signals = time});
}

Result<DrainSummary> DrainStage::try_run(const DrainOptions& options) {
  make_drainer();
  return drainer_->run(options);
}

DrainSummary DrainStage::run(const DrainOptions& options) {
  auto summary = try_run(options);
  if (!summary) throw std::runtime_error{summary.error().message};
  return *summary;
}

std::vector<std::string> DrainStage::ids(const std::string& name) {
  std::vector<std::string> ids;
  for (const SentMessage& sent : services_[name].sent) ids.push_back(sent.message.id);
  return ids;
}

const MessageFate& DrainStage::fate(std::string_view id) const {
  const auto fates = queue.fates();
  const auto found = std::find_if(fates.begin(), fates.end(),
                                  [id](const MessageFate& fate) { return fate.id == id; });
  if (found == fates.end()) throw std::runtime_error{"no message " + std::string{id}};
  return *found;
}

std::vector<DeliveryRecord> DrainStage::records() {
  return deliveries_->list({.max = 1000}).value();
}

void DrainStage::forget_records() {
  static_cast<void>(deliveries_->prune(time.now() + std::chrono::hours{1}).value());
}

}  // namespace btcw::test
