#include "notify_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/base/symbol.h"
#include "btcw/queue/file_queue.h"
#include "btcw/queue/message_json.h"
#include "token_options.h"

namespace btcw::cli {
namespace {

Error refused(std::string message) { return Error{Errc::invalid_input, std::move(message)}; }

/// The line end that `echo` and editors leave behind a text is not part of it.
std::string without_line_end(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

Result<void> NotifyMessages::find_channels() {
  if (auto checked = check_channels(options_.channels); !checked) return checked;
  channels_ = options_.channels;
  for (const std::string& url : options_.urls) {
    auto name = adhoc_.keep(url);
    if (!name) return std::move(name).error().within("--url");
    channels_.push_back(*std::move(name));
  }
  return {};
}

Result<void> NotifyMessages::check_channels(const std::vector<std::string>& names) const {
  for (const std::string& name : names) {
    // Without any channel in the configuration there is the one that stands in.
    const auto found = config_.channels.find(name);
    if (found != config_.channels.end() && found->second.enabled) continue;
    if (config_.channels.empty() && name == "file") continue;
    std::vector<std::string_view> known;
    for (const auto& [each, route] : config_.channels) known.push_back(each);
    const auto near = nearest(name, known, 1);
    return refused(fmt::format("no channel {} is configured{}", btcw::quoted(name),
                               near.empty() ? "" : ": did you mean '" + near.front() + "'?"));
  }
  return {};
}

Result<std::string> NotifyMessages::text() {
  const bool dash = options_.words.size() == 1 && options_.words.front() == "-";
  if (!options_.words.empty() && !dash) return joined(options_.words);
  if (!dash && (session_.in_is_terminal || !options_.title.empty())) return std::string{};
  auto text = read_input(session_, kMaxMessageBytes);
  if (!text) return text;
  return without_line_end(*std::move(text));
}

Result<void> NotifyMessages::add_attachments(Notification& message) const {
  for (const std::string& file : options_.attachments) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
      return refused(fmt::format("--attach: {} is not a file", btcw::quoted(file, 200)));
    }
    message.attachments.push_back(std::filesystem::absolute(file, error).string());
  }
  return {};
}

Queue::NewMessage NotifyMessages::complete(Notification message) const {
  const UtcTime now = session_.clock.now();
  message.id = make_message_id(session_.clock, session_.random);
  message.created = now;
  if (!options_.title.empty()) message.title = options_.title;
  if (options_.priority) message.priority = *options_.priority;
  if (!channels_.empty()) message.channels = channels_;
  message.tags.insert(message.tags.end(), options_.tags.begin(), options_.tags.end());
  if (!options_.dedup_key.empty()) message.dedup_key = options_.dedup_key;
  UtcTime due = options_.at.value_or(now);
  if (options_.delay) due = now + *options_.delay;
  const milliseconds ttl = options_.ttl.value_or(config_.queue.ttl);
  if (!message.expires && ttl > milliseconds{}) message.expires = std::max(due, now) + ttl;
  return {std::move(message), std::max(due, now)};
}

Result<std::vector<Queue::NewMessage>> NotifyMessages::read() {
  std::vector<Notification> messages;
  if (options_.from) {
    const auto body = read_input(session_, kMaxWebhookBytes);
    if (!body) return body.error();
    auto read = read_webhook(*options_.from, *body, session_.clock.now());
    if (!read) return std::move(read).error().within("--from");
    messages = *std::move(read);
  } else {
    auto body = text();
    if (!body) return std::move(body).error();
    if (body->empty() && options_.title.empty()) return refused("nothing to say: no TEXT");
    messages.push_back({.id = {}, .body = *std::move(body), .created = {}});
  }
  std::vector<Queue::NewMessage> complete_messages;
  for (Notification& message : messages) {
    if (auto added = add_attachments(message); !added) return added.error();
    complete_messages.push_back(complete(std::move(message)));
  }
  return complete_messages;
}

Result<Queue::NewMessage> NotifyMessages::read_line(std::string_view line) {
  auto message = decode_message(line, "line", session_.clock.now());
  if (!message) return std::move(message).error();
  if (auto checked = check_channels(message->channels); !checked) return checked.error();
  if (auto added = add_attachments(*message); !added) return added.error();
  return complete(*std::move(message));
}

}  // namespace btcw::cli
