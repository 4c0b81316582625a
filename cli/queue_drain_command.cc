// btcw queue-drain: delivers what is due, and looks after the queue.
#include <fmt/format.h>
#include <sys/resource.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "btcw/drain/drainer.h"
#include "commands.h"
#include "delivery_stage.h"
#include "deployed_queue.h"
#include "message_preview.h"
#include "queue_views.h"

namespace btcw::cli {
namespace {

struct Options {
  std::size_t max = SIZE_MAX;
  bool follow = false;
  std::size_t concurrency = DrainOptions{}.concurrency;
  milliseconds timeout = DrainOptions{}.timeout;
  bool dry_run = false;
  bool json = false;
  bool list = false;
  std::optional<MessageState> state = std::nullopt;
  std::optional<std::string> show = std::nullopt;
  std::optional<std::string> retry = std::nullopt;
  bool purge_dead = false;
  milliseconds older_than = std::chrono::hours{24 * 30};
  bool older_given = false;
  bool log = false;
  std::optional<std::string> channel = std::nullopt;
  std::optional<milliseconds> since = std::nullopt;

  [[nodiscard]] ViewForm form() const { return json ? ViewForm::json : ViewForm::text; }
};

constexpr std::array kStates{
    Choice<MessageState>{"pending", MessageState::pending},
    Choice<MessageState>{"claimed", MessageState::claimed},
    Choice<MessageState>{"dead", MessageState::dead},
    Choice<MessageState>{"corrupt", MessageState::corrupt},
};

constexpr std::string_view kExamples =
    "Silent when all went well. Exit code 75: a failure or a limit put messages off; 3: some were\n"
    "given up; 1: all were. Messages that wait for quiet hours or a digest are no failure.\n"
    "\n"
    "Examples:\n"
    "  btcw queue-drain                          from a crontab\n"
    "  btcw queue-drain --follow                 stay, and deliver messages as they come\n"
    "  btcw queue-drain --list --state dead\n"
    "  btcw queue-drain --retry all\n"
    "  btcw queue-drain --log --channel telegram --since 1d";

/// A claim is an open file: the soft limit of 1,024 would do, that of some services would not.
void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

ExitCode exit_code_for(const DrainSummary& summary, std::optional<Signal> stopped_by, Stay stay) {
  if (stopped_by) {
    // Who stays is ended like this, and has done all it could.
    if (stay == Stay::follow) return ExitCode::ok;
    return *stopped_by == Signal::interrupt ? ExitCode::interrupted : ExitCode::terminated;
  }
  if (summary.dead > 0) {
    return summary.delivered + summary.deferred > 0 ? ExitCode::partial : ExitCode::failed;
  }
  if (stay == Stay::follow) return ExitCode::ok;
  return summary.hindered > 0 ? ExitCode::temporary : ExitCode::ok;
}

Result<std::size_t> count_pending(Queue& queue) {
  const auto pending = queue.list(MessageState::pending, SIZE_MAX);
  if (!pending) return pending.error();
  return pending->size();
}

/// With --json, what was done and what is left.
ExitCode tell(const DrainSummary& summary, const Options& options, Queue& queue, Session& session) {
  if (!options.json) return ExitCode::ok;
  const auto pending = count_pending(queue);
  if (!pending) return fail(pending.error(), session);
  fmt::print(session.out, "{{\"delivered\":{},\"deferred\":{},\"dead\":{},\"pending\":{}}}\n",
             summary.delivered, summary.deferred, summary.dead, *pending);
  return ExitCode::ok;
}

ExitCode drain(const Options& options, Queue& queue, Session& session) {
  auto config = session.load_config(SecretFetching::deliveries);
  if (!config) return fail(config.error(), session);
  allow_many_files();
  const int max_attempts = config->queue.max_attempts;
  DeliveryStage stage{*std::move(config), session};
  Drainer drainer{stage.ports(queue)};
  const Stay stay = options.follow ? Stay::follow : Stay::until_done;
  const auto summary = drainer.run({.stay = stay,
                                    .max = options.max,
                                    .concurrency = options.concurrency,
                                    .timeout = options.timeout,
                                    .max_attempts = max_attempts});
  if (!summary) return fail(summary.error(), session);
  stage.adhoc().remove_unused(queue, session.clock);
  if (const auto told = tell(*summary, options, queue, session); told != ExitCode::ok) return told;
  return exit_code_for(*summary, drainer.stopped_by(), stay);
}

ExitCode preview_info(const MessageInfo& info, DeliveryStage& stage, Session& session) {
  if (!info.message) {
    session.log.warning(info.id + ": is no message, or not yet a whole one");
    return ExitCode::ok;
  }
  if (info.message->expires && *info.message->expires <= session.clock.now()) {
    session.log.error(info.id + ": expired before it could be delivered");
    return ExitCode::failed;
  }
  return preview_message(*info.message, fmt::format("attempt {}", info.attempts + 1), stage,
                         session);
}

ExitCode preview_due(const Options& options, Queue& queue, Session& session) {
  auto config = session.load_config(SecretFetching::deliveries);
  if (!config) return fail(config.error(), session);
  DeliveryStage stage{*std::move(config), session};
  // Listed, not taken: who takes puts aside what is no message, and moves what is due.
  const auto pending = queue.list(MessageState::pending, SIZE_MAX);
  if (!pending) return fail(pending.error(), session);
  ExitCode code = ExitCode::ok;
  std::size_t shown = 0;
  for (const MessageInfo& info : *pending) {
    if (info.due > session.clock.now() || shown == options.max) continue;
    ++shown;
    if (const ExitCode one = preview_info(info, stage, session); one != ExitCode::ok) code = one;
  }
  return code;
}

ExitCode show_log(const Options& options, Config config, Session& session) {
  DeliveryLog::Query query{.channel = options.channel};
  if (options.since) query.since = session.clock.now() - *options.since;
  if (options.show) query.id = options.show;
  if (options.max != SIZE_MAX) query.max = options.max;
  DeliveryStage stage{std::move(config), session};
  return print_log(stage.deliveries(), query, options.form(), session);
}

ExitCode run_queue_drain(const Options& options, Session& session) {
  auto config = session.load_config(SecretFetching::redis_only);
  if (!config) return fail(config.error(), session);
  if (options.log) return show_log(options, *std::move(config), session);
  auto opened = open_queue(*config, session);
  if (!opened) return fail(opened.error(), session);
  Queue& queue = **opened;
  if (options.list) return list_messages(queue, options.state, options.form(), session);
  if (options.show) return show_message(queue, *options.show, options.form(), session);
  if (options.retry) return retry_messages(queue, *options.retry, session);
  if (options.purge_dead) return purge_messages(queue, options.older_than, session);
  if (options.dry_run) return preview_due(options, queue, session);
  if (!options.follow) {
    // Nothing to do: neither secrets nor channels nor the delivery log are needed to see that.
    const auto due = queue.next_due();
    if (!due) return fail(due.error(), session);
    if (!*due || **due > session.clock.now()) return tell({}, options, queue, session);
  }
  return drain(options, queue, session);
}

/// Refuses what does not go together.
Result<void> check(const Options& options) {
  const auto refuse = [](std::string why) { return Error{Errc::invalid_input, std::move(why)}; };
  const int views = static_cast<int>(options.list) + static_cast<int>(options.retry.has_value()) +
                    static_cast<int>(options.purge_dead) + static_cast<int>(options.log) +
                    static_cast<int>(options.follow) + static_cast<int>(options.dry_run) +
                    static_cast<int>(options.show.has_value() && !options.log);
  if (views > 1) {
    return refuse(
        "--follow, --dry-run, --list, --show, --retry, --purge-dead and --log exclude each other");
  }
  if (options.state && !options.list) return refuse("--state needs --list");
  if (options.older_given && !options.purge_dead) return refuse("--older-than needs --purge-dead");
  if ((options.channel || options.since) && !options.log) {
    return refuse("--channel and --since need --log");
  }
  return {};
}

void add_view_options(Syntax& command, Options& options) {
  command.flag("--list", "Show what is in the queue", options.list);
  command.option("--state", "pending|claimed|dead|corrupt", "Only these, with --list",
                 [&options](std::string_view word) -> Result<void> {
                   for (const auto& choice : kStates) {
                     if (choice.word != word) continue;
                     options.state = choice.value;
                     return {};
                   }
                   return Error{
                       Errc::invalid_input,
                       "'" + std::string{word} + "' is none of pending|claimed|dead|corrupt"};
                 });
  command.text("--show", "ID", "Show one message", options.show);
  command.text("--retry", "ID|all", "Put dead messages back into the queue", options.retry);
  command.flag("--purge-dead", "Remove dead messages", options.purge_dead);
  command.option("--older-than", "TIME", "Only those that died before that time (default 30d)",
                 [&options](std::string_view text) -> Result<void> {
                   const auto age = parse_duration(text);
                   if (!age) return age.error();
                   options.older_than = *age;
                   options.older_given = true;
                   return {};
                 });
  command.flag("--log", "Show what was delivered where and when, newest first", options.log);
  command.text("--channel", "NAME", "Only that channel, with --log", options.channel);
  command.parsed("--since", "TIME", "Only the last so long, with --log", options.since,
                 parse_duration);
}

}  // namespace

void add_queue_drain_command(Syntax& root) {
  auto options = std::make_shared<Options>();
  Syntax command = root.command("queue-drain", "Deliver the messages that are due");
  command.footer(kExamples);
  command.number("--max", "N", "Deal with so many messages at most", options->max, 1,
                 1'000'000'000);
  command.flag("--follow", "Stay, and deliver messages as they come", options->follow);
  command.number("--concurrency", "N", "Channels that are spoken to side by side (default 8)",
                 options->concurrency, 1, 64);
  command.option("--timeout", "TIME", "How long one attempt may take (default 10s)",
                 [options](std::string_view text) -> Result<void> {
                   const auto time = parse_duration(text);
                   if (!time) return time.error();
                   if (*time < milliseconds{1}) {
                     return Error{Errc::invalid_input, "at least 1ms"};
                   }
                   options->timeout = *time;
                   return {};
                 });
  command.flag("--dry-run", "Show what would be sent, secrets masked, and send nothing",
               options->dry_run);
  command.flag("-j,--json", "Print a summary, or what is shown, as JSON", options->json);
  add_view_options(command, *options);
  command.run([options](Session& session) { return run_queue_drain(*options, session); },
              [options] { return check(*options); });
}

}  // namespace btcw::cli
