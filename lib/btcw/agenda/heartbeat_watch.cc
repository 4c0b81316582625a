#include "btcw/agenda/heartbeat_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "btcw/notify/webhook_text.h"
#include "btcw/queue/file_queue.h"

namespace btcw {
namespace {

std::string key_of(const std::string& name) { return "heartbeat/" + name; }

}  // namespace

Result<void> HeartbeatWatch::set(std::span<const HeartbeatOptions> heartbeats, milliseconds ttl) {
  std::vector<Watched> watched;
  const UtcTime now = ports_.clock.now();
  const SteadyTime due = ports_.clock.steady_now();
  for (const HeartbeatOptions& options : heartbeats) {
    const auto before = std::find_if(watched_.begin(), watched_.end(), [&](const Watched& one) {
      return one.options.name == options.name && one.options.path == options.path &&
             one.options.contains == options.contains;
    });
    if (before != watched_.end()) {
      watched.push_back({options, before->heartbeat, due, before->trouble});
      continue;
    }
    auto kept = ports_.journal.progress(key_of(options.name));
    if (!kept) return std::move(kept).error();
    const bool was_lost = *kept == options.path.string();
    watched.push_back({options, Heartbeat{was_lost, now}, due});
  }
  watched_ = std::move(watched);
  ttl_ = ttl;
  return {};
}

SteadyTime HeartbeatWatch::due() const {
  SteadyTime first = ports_.outbox.due();
  for (const Watched& one : watched_) first = std::min(first, one.due);
  return first;
}

Result<Flow> HeartbeatWatch::on_time() {
  const SteadyTime now = ports_.clock.steady_now();
  if (ports_.outbox.due() <= now) {
    if (auto tended = ports_.outbox.tend(); !tended) ports_.log.warning(tended.error().message);
  }
  for (Watched& one : watched_) {
    if (now < one.due) continue;
    one.due = now + one.options.every;
    const auto looked = look(one);
    const std::string trouble = looked ? std::string{} : looked.error().message;
    if (!looked && trouble != one.trouble) {
      ports_.log.warning("heartbeat " + one.options.name + ": " + trouble);
    }
    one.trouble = trouble;
  }
  return Flow::go_on;
}

Result<void> HeartbeatWatch::look(Watched& one) {
  const auto sight = look_at(one.options);
  const UtcTime now = ports_.clock.now();
  Heartbeat next = one.heartbeat;
  // What cannot be read shows nothing: in the end that is a lost heartbeat as well.
  const HeartbeatChange change = next.look(sight.value_or(HeartbeatSight{}), one.options, now);
  if (change != HeartbeatChange::none) {
    const bool is_lost = change == HeartbeatChange::lost;
    std::vector<Queue::NewMessage> messages;
    if (is_lost || one.options.resolve) {
      messages.push_back({message_of(one, sight.value_or(HeartbeatSight{}), change, now), now});
    }
    auto written = ports_.outbox.commit(
        {.progress = {{key_of(one.options.name), is_lost ? one.options.path.string() : ""}}},
        messages);
    // As it was: the next look tries again.
    if (!written) return written;
  }
  one.heartbeat = std::move(next);
  if (!sight) return sight.error();
  return {};
}

Notification HeartbeatWatch::message_of(const Watched& one, const HeartbeatSight& sight,
                                        HeartbeatChange change, UtcTime now) {
  const bool is_lost = change == HeartbeatChange::lost;
  Notification message{.id = make_message_id(ports_.clock, ports_.random),
                       .title = one.options.name + (is_lost ? ": no heartbeat" : ": is back"),
                       .body = {},
                       .priority = is_lost ? one.options.priority : Priority::normal,
                       .channels = one.options.channels,
                       .tags = {"heartbeat"},
                       .created = now};
  const std::string path = is_webhook_utf8(one.options.path.string())
                               ? webhook_line(one.options.path.string())
                               : one.options.name;
  if (!is_lost) {
    message.body = fmt::format("{} shows signs of life again", path);
  } else if (!sight.written) {
    message.body = fmt::format("{} is not there", path);
  } else {
    message.body = fmt::format("no sign of life in {} for more than {}, the last one before {}",
                               path, to_string(one.options.max_age),
                               to_rfc3339(std::chrono::floor<seconds>(one.heartbeat.sign())));
  }
  if (!sight.line.empty() && is_webhook_utf8(sight.line)) {
    message.body += "\n" + webhook_line(sight.line);
  }
  if (ttl_ > milliseconds{0}) message.expires = now + ttl_;
  return message;
}

std::string HeartbeatWatch::report() const {
  std::string text;
  for (const Watched& one : watched_) {
    text += fmt::format("\nheartbeat {}: {}, last sign {}", one.options.name,
                        one.heartbeat.is_lost() ? "lost" : "well",
                        to_rfc3339(std::chrono::floor<seconds>(one.heartbeat.sign())));
  }
  return text;
}

}  // namespace btcw
