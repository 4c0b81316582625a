#include "btcw/queue/stream_wake.h"

#include <utility>
#include <vector>

namespace btcw {

Result<std::unique_ptr<StreamWake>> StreamWake::start(std::string channel,
                                                      std::unique_ptr<RedisClient> client) {
  auto event = WakeEvent::make();
  if (!event) return std::move(event).error();
  std::unique_ptr<StreamWake> wake{new StreamWake{*std::move(event)}};
  WakeEvent& set_off = wake->event_;
  auto subscription = RedisSubscription::start(
      {.channels = {std::move(channel)}, .silence = kLookAnyway}, std::move(client),
      {.on_connect = [&set_off] { set_off.set(); },
       .on_messages = [&set_off](const std::vector<RedisMessage>&) { set_off.set(); },
       .on_silence = [&set_off] { set_off.set(); },
       // The queue may answer all the same: it is for its own connection to say.
       .on_failure = [&set_off](const Error&) { set_off.set(); }});
  if (!subscription) return std::move(subscription).error();
  wake->subscription_ = *std::move(subscription);
  return wake;
}

}  // namespace btcw
