#include "btcw/drain/lane.h"

#include <fmt/format.h>

#include <algorithm>

namespace btcw {

std::size_t Lane::window() const {
  constexpr std::size_t kUsual = 16;
  constexpr std::size_t kOfDigests = 64;
  return is_digest() ? kOfDigests : kUsual;
}

bool Lane::is_full() const {
  if (waiting.size() >= window()) return true;
  std::size_t bytes = 0;
  for (const Stop& stop : waiting) bytes += stop.job->message().body.size();
  return bytes >= kMostBytes;
}

bool Lane::wants_more() const { return waiting.size() <= window() / 2 && !is_full(); }

bool Lane::gathers(const Notification& message) const {
  return is_digest() && message.priority != Priority::urgent;
}

std::optional<UtcTime> Lane::hold(const Notification& message, UtcTime now) const {
  if (quiet && message.priority != Priority::urgent) {
    if (const auto end = quiet->ends(now)) return end;
  }
  if (!gathers(message)) return std::nullopt;
  // The same moments for all messages and processes: multiples of the time since 1970.
  const auto since = message.created.time_since_epoch();
  const UtcTime boundary{(since / route->batch + 1) * route->batch};
  if (boundary > now) return boundary;
  return std::nullopt;
}

std::vector<Stop> Lane::pop(UtcTime now) {
  std::vector<Stop> stops{waiting.front()};
  waiting.pop_front();
  if (!gathers(stops.front().job->message())) return stops;
  for (auto at = waiting.begin(); at != waiting.end() && stops.size() < kMostInDigest;) {
    const Notification& message = at->job->message();
    const bool along = gathers(message) && !hold(message, now);
    if (along) stops.push_back(*at);
    at = along ? waiting.erase(at) : at + 1;
  }
  return stops;
}

Notification make_digest(const std::vector<Stop>& stops) {
  Notification digest = stops.front().job->message();
  if (stops.size() == 1) return digest;
  digest.title = fmt::format("{} messages", stops.size());
  digest.body.clear();
  for (const Stop& stop : stops) {
    const Notification& message = stop.job->message();
    if (!digest.body.empty()) digest.body += '\n';
    digest.body += message.title;
    if (!message.title.empty() && !message.body.empty()) digest.body += ": ";
    digest.body += message.body;
    digest.maybe_duplicate = digest.maybe_duplicate || message.maybe_duplicate;
    if (message.priority == Priority::normal) digest.priority = Priority::normal;
    for (const std::string& file : message.attachments) {
      if (std::find(digest.attachments.begin(), digest.attachments.end(), file) ==
          digest.attachments.end()) {
        digest.attachments.push_back(file);
      }
    }
  }
  return digest;
}

}  // namespace btcw
