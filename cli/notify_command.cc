// btcw notify: puts a message into the queue, or delivers it at once.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "btcw/queue/message_json.h"
#include "commands.h"
#include "deployed_queue.h"
#include "input_lines.h"
#include "notify_now.h"
#include "notify_options.h"

namespace btcw::cli {
namespace {

/// Lines of --ndjson that share the syncs of one round.
constexpr std::size_t kBatch = 100;

constexpr std::string_view kExamples =
    "Prints the id of the message once it would survive a power cut.\n"
    "\n"
    "Examples:\n"
    "  btcw notify 'BTC is over 100,000'\n"
    "  btcw price BTC | btcw notify -t 'Good morning' -c telegram\n"
    "  btcw notify --url tgram://TOKEN/CHAT --now 'a test'     delivered at once\n"
    "  btcw notify --url @secret.txt --delay 10m 'tea'         the URL from a file\n"
    "  btcw notify --dedup-key btc-high --ttl 1h 'BTC is high'\n"
    "  btcw notify --from alertmanager < body.json";

/// A message, but for one whose key another one has.
struct Added {
  std::string id;
  bool is_new = true;
};

Result<Added> add_one(const Queue::NewMessage& message, milliseconds window, Queue& queue) {
  if (message.message.dedup_key.empty()) {
    const auto added = queue.add(std::span{&message, 1});
    if (!added) return added.error();
    return Added{message.message.id};
  }
  auto id = queue.add_once(message, window);
  if (!id) return std::move(id).error();
  const bool is_new = *id == message.message.id;
  return Added{*std::move(id), is_new};
}

ExitCode enqueue(std::span<const Queue::NewMessage> messages, milliseconds window,
                 const Config& config, Session& session) {
  auto queue = open_queue(config, session);
  if (!queue) return fail(queue.error(), session);
  const bool keyed = std::any_of(messages.begin(), messages.end(), [](const auto& message) {
    return !message.message.dedup_key.empty();
  });
  if (!keyed) {
    const auto added = (*queue)->add(messages);
    if (!added) return fail(added.error(), session);
    for (const auto& message : messages) fmt::print(session.out, "{}\n", message.message.id);
    return ExitCode::ok;
  }
  for (const auto& message : messages) {
    const auto added = add_one(message, window, **queue);
    if (!added) return fail(added.error(), session);
    fmt::print(session.out, "{}\n", added->id);
    if (!added->is_new) session.log.info("already sent under this key: " + added->id);
  }
  return ExitCode::ok;
}

/// --ndjson: a message a line in, an id a line out; an empty line for one that was refused.
class Bulk {
 public:
  Bulk(NotifyMessages& messages, milliseconds window, Queue& queue, Session& session)
      : messages_{messages}, window_{window}, queue_{queue}, session_{session} {}

  ExitCode run() {
    InputLines lines{session_.in, kMaxMessageBytes};
    while (const auto line = lines.next()) {
      ++number_;
      if (!line->empty()) take(*line);
      const bool full = batch_.size() >= kBatch;
      if ((full || lines.would_wait()) && !flush()) return ExitCode::failed;
    }
    if (!flush()) return ExitCode::failed;
    if (const auto& error = lines.error()) return fail(*error, session_);
    if (refused_ == 0) return ExitCode::ok;
    return added_ == 0 ? ExitCode::failed : ExitCode::partial;
  }

 private:
  void take(std::string_view line) {
    auto message = messages_.read_line(line);
    if (!message) {
      ++refused_;
      session_.log.error(fmt::format("line {}: {}", number_, message.error().message));
      ids_ += '\n';
      return;
    }
    if (message->message.dedup_key.empty()) {
      ids_ += message->message.id + '\n';
      batch_.push_back(*std::move(message));
      return;
    }
    // What stands before it is in the queue before it.
    if (!flush()) return;
    const auto added = add_one(*message, window_, queue_);
    if (!added) {
      failed_ = added.error();
      return;
    }
    ++added_;
    ids_ += added->id + '\n';
  }

  /// Ids are told only once their messages are safe.
  bool flush() {
    if (!failed_ && !batch_.empty()) {
      const auto added = queue_.add(batch_);
      if (!added) failed_ = added.error();
    }
    if (failed_) {
      if (!std::exchange(told_, true)) fail(*failed_, session_);
      return false;
    }
    added_ += batch_.size();
    batch_.clear();
    std::fwrite(ids_.data(), 1, ids_.size(), session_.out);
    std::fflush(session_.out);
    ids_.clear();
    return true;
  }

  NotifyMessages& messages_;
  milliseconds window_;
  Queue& queue_;
  Session& session_;
  std::vector<Queue::NewMessage> batch_ = {};
  std::string ids_ = {};
  std::size_t number_ = 0;
  std::size_t added_ = 0;
  std::size_t refused_ = 0;
  std::optional<Error> failed_ = std::nullopt;
  bool told_ = false;
};

ExitCode run_notify(const NotifyOptions& options, Session& session) {
  const bool is_for_queue = !options.now && !options.dry_run;
  auto config =
      session.load_config(is_for_queue ? SecretFetching::redis_only : SecretFetching::deliveries);
  if (!config) return fail(config.error(), session);
  using Keeping = AdHocChannels::Keeping;
  AdHocChannels adhoc{*config, is_for_queue ? Keeping::beyond_process : Keeping::in_memory};
  NotifyMessages messages{options, *config, adhoc, session};
  if (const auto found = messages.find_channels(); !found) return fail(found.error(), session);
  const milliseconds window = options.dedup_window.value_or(config->queue.dedup_window);
  if (options.ndjson) {
    auto queue = open_queue(*config, session);
    if (!queue) return fail(queue.error(), session);
    return Bulk{messages, window, **queue, session}.run();
  }
  const auto read = messages.read();
  if (!read) {
    return read.error().code == Errc::invalid_input
               ? fail_usage("notify: " + read.error().message, "notify", session)
               : fail(read.error(), session);
  }
  if (options.dry_run) return preview(*read, std::move(adhoc), *std::move(config), session);
  if (options.now) return deliver_now(*read, std::move(adhoc), *std::move(config), session);
  return enqueue(*read, window, *config, session);
}

/// Refuses what does not go together.
Result<void> check(const NotifyOptions& options) {
  const auto refuse = [](std::string why) { return Error{Errc::invalid_input, std::move(why)}; };
  if (options.delay && options.at) return refuse("--delay and --at exclude each other");
  if (options.now && (options.delay || options.at)) {
    return refuse("--now goes with neither --delay nor --at");
  }
  if (options.ndjson && (!options.words.empty() || options.from)) {
    return refuse("--ndjson reads the messages from standard input");
  }
  if (options.ndjson && (options.now || options.dry_run)) {
    return refuse("--ndjson goes with neither --now nor --dry-run");
  }
  if (options.from && !options.words.empty()) {
    return refuse("--from reads the message from standard input");
  }
  if (options.now && !options.dedup_key.empty()) return refuse("--now goes without --dedup-key");
  return {};
}

void add_when(Syntax& command, NotifyOptions& options) {
  command.parsed("--ttl", "TIME", "Give up what could not be delivered within that time",
                 options.ttl, parse_duration);
  command.parsed("--delay", "TIME", "Deliver it after that time", options.delay, parse_duration);
  command.parsed("--at", "TIME", "Deliver it then: 2026-12-24T18:00:00Z", options.at, parse_time);
  command.flag("--now", "Deliver at once instead, and exit with the result", options.now);
  command.flag("--dry-run", "Show what would be sent, secrets masked, and send nothing",
               options.dry_run);
}

}  // namespace

void add_notify_command(Syntax& root) {
  auto options = std::make_shared<NotifyOptions>();
  Syntax command = root.command("notify", "Put a message into the queue, and print its id");
  command.footer(kExamples);
  command.arguments("TEXT", "The message; - or a pipe on standard input: from there",
                    options->words);
  command.text("-t,--title", "TEXT", "Title above it", options->title);
  command.parsed("-p,--priority", "urgent|normal|low", "How much it matters (default normal)",
                 options->priority, parse_priority);
  command.texts("-c,--channel", "NAME", "Where it goes (repeatable; default: by the routing)",
                options->channels);
  command.texts("--tag", "TAG", "Or by tag: a,b needs both, repeated either (repeatable)",
                options->tags);
  command.texts("--url", "URL",
                "Or to a channel in Apprise's spelling; @FILE reads it (repeatable)",
                options->urls);
  command.texts("--attach", "FILE", "Send a file along, where the channel can (repeatable)",
                options->attachments);
  command.text("--dedup-key", "KEY", "No second message with this key while one is pending",
               options->dedup_key);
  command.parsed("--dedup-window", "TIME", "Nor within that time (default queue.dedup_window)",
                 options->dedup_window, parse_duration);
  add_when(command, *options);
  command.flag("--ndjson", "A JSON message a line on standard input, an id a line printed",
               options->ndjson);
  command.parsed("--from", "freqtrade|tradingview|alertmanager",
                 "The body of that program's webhook on standard input", options->from,
                 parse_webhook_source);
  command.run([options](Session& session) { return run_notify(*options, session); },
              [options] { return check(*options); });
}

}  // namespace btcw::cli
