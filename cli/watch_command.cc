// btcw watch: follows prices until told to stop, and keeps the cache fresh for all other commands.
#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "btcw/price/price_lookup.h"
#include "commands.h"
#include "exchange_option.h"
#include "schedule_listing.h"
#include "watch_arguments.h"
#include "watch_demo.h"
#include "watch_exchanges.h"
#include "watch_explain.h"
#include "watch_follow.h"
#include "watch_replay.h"

namespace btcw::cli {
namespace {

constexpr std::string_view kExamples =
    "On a terminal a live table (q ends it, j/k scroll); in a pipe one JSON object a line.\n"
    "Signals: TERM and INT end it, HUP reads the configuration again, USR1 tells how things "
    "stand.\n"
    "\n"
    "Examples:\n"
    "  btcw watch BTC/USDT eth-usd kraken:BTC/EUR\n"
    "  btcw watch BTC --interval 30s | jq -c '[.symbol,.last]'\n"
    "  btcw watch --quiet                        as a daemon: only fills the cache\n"
    "  btcw watch --once --quiet                 from a crontab\n"
    "  btcw watch --demo                         simulated prices, without a network\n"
    "  btcw watch --list-schedules --next 5      when [[schedule]] runs next\n"
    "  btcw watch --replay rec.ndjson --alerts-only   what would have fired\n"
    "  btcw watch --follow-redis BTC/USDT        what the watch of another host finds\n"
    "  btcw watch BTC > rec.ndjson; btcw watch --replay rec.ndjson --replay-speed 10x";

constexpr milliseconds kShortestInterval = seconds{1};
constexpr milliseconds kShortestDemoInterval{100};

Result<std::uint64_t> read_seed(std::string_view text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc{} && end == text.data() + text.size()) return seed;
  return Error{Errc::invalid_input, "not a whole number: '" + std::string{text} + "'"};
}

Result<std::size_t> read_next(std::string_view text) {
  constexpr std::uint64_t kMost = 10'000;
  const auto number = read_seed(text);
  if (!number) return number.error();
  if (*number >= 1 && *number <= kMost) return static_cast<std::size_t>(*number);
  return Error{Errc::invalid_input, "expected 1 to 10000"};
}

Error refused(std::string why) { return Error{Errc::invalid_input, std::move(why)}; }

Result<void> check_replay(const WatchArguments& arguments) {
  if (!arguments.replay) {
    if (arguments.replay_speed) return refused("--replay-speed needs --replay");
    if (arguments.alerts_only) return refused("--alerts-only needs --replay");
    return {};
  }
  if (arguments.demo) return refused("--replay goes without --demo");
  if (arguments.once) return refused("--replay goes without --once");
  if (arguments.interval) {
    return refused("--replay goes without --interval: a recording has its own times");
  }
  return {};
}

Result<void> check_listing(const WatchArguments& arguments) {
  if (!arguments.list_schedules) {
    if (arguments.next) return refused("--next needs --list-schedules");
    if (arguments.from) return refused("--from needs --list-schedules");
    return {};
  }
  if (!arguments.symbols.empty()) return refused("--list-schedules goes without symbols");
  if (arguments.replay) return refused("--list-schedules goes without --replay");
  return {};
}

Result<void> check_follow(const WatchArguments& arguments) {
  if (!arguments.follow_redis) return {};
  if (arguments.demo) return refused("--follow-redis goes without --demo");
  if (arguments.replay) return refused("--follow-redis goes without --replay");
  if (arguments.once) return refused("--follow-redis goes without --once");
  if (arguments.interval) return refused("--follow-redis goes without --interval");
  if (!arguments.exchanges.empty()) return refused("--follow-redis goes without --exchange");
  return {};
}

/// Refuses what does not go together, and turns `--exchange demo` into --demo.
Result<void> check(WatchArguments& arguments) {
  const auto demo =
      std::count(arguments.exchanges.begin(), arguments.exchanges.end(), demo_exchange());
  if (demo > 0 && arguments.exchanges.size() > 1) {
    return refused("demo cannot be mixed with exchanges");
  }
  if (demo > 0 && !arguments.replay) {
    arguments.demo = true;
    arguments.exchanges.clear();
  }
  if (arguments.demo && !arguments.exchanges.empty()) {
    return refused("--demo goes without --exchange");
  }
  const auto shortest = arguments.demo ? kShortestDemoInterval : kShortestInterval;
  if (arguments.interval.value_or(shortest) < shortest) {
    return refused("--interval: at least " + to_string(shortest));
  }
  if (arguments.seed && !arguments.demo) return refused("--seed needs --demo");
  if (auto follow = check_follow(arguments); !follow) return follow;
  if (arguments.explain && (arguments.demo || arguments.once || arguments.alerts_only)) {
    return refused("--explain goes without --demo, --once and --alerts-only");
  }
  auto listing = check_listing(arguments);
  return listing ? check_replay(arguments) : listing;
}

void add_options(Syntax& command, WatchArguments& into) {
  command.arguments("SYMBOL",
                    "What to watch: BTC/USDT, btc-usd, kraken:BTC/EUR; - for stdin, one a line "
                    "(default: general.symbols, else BTC and ETH)",
                    into.symbols);
  command.flag("--once", "Ask once, then exit; exit codes as of price", into.once);
  command.parsed("--for", "TIME", "Stop after that time (10m, 1h30m)", into.run_for,
                 parse_duration);
  command.parsed("--interval", "TIME",
                 "How often to ask (default: watch.interval, 10s; with --demo 1s)", into.interval,
                 parse_duration);
  add_exchange_option(command, "Ask these exchanges only, in this order", into.exchanges);
  command.flag("--no-stream", "Only ask, never stream", into.no_stream);
  command.flag("--ndjson", "One JSON object a line, on a terminal too (default in a pipe)",
               into.ndjson);
  command.flag("-j,--json", "The same as --ndjson", into.ndjson);
  command.flag("--demo", "Simulated prices of an exchange called demo; needs no network",
               into.demo);
  command.flag("--follow-redis", "Take what another host's watch finds, and ask no exchange",
               into.follow_redis);
  command.parsed("--seed", "NUMBER", "The same demo prices again for the same number", into.seed,
                 read_seed);
  command.text("--replay", "FILE",
               "Play tickers from a file (- for stdin), one JSON object a line, as watch and "
               "price print them; with SYMBOL or --exchange only those",
               into.replay);
  command.parsed("--replay-speed", "SPEED",
                 "max, or so many times as fast as it was: 1x, 10x (default max)",
                 into.replay_speed, ReplaySpeed::parse);
  command.flag("--list-schedules", "Print when schedules run next, and run nothing",
               into.list_schedules);
  command.parsed("--next", "NUMBER", "With --list-schedules: so many runs of each (default 1)",
                 into.next, read_next);
  command.parsed("--from", "TIME", "With --list-schedules: the runs after that time (default now)",
                 into.from, parse_time);
  command.flag("--alerts-only",
               "With --replay: print what the alerts would say, and do nothing else",
               into.alerts_only);
  command.text("--explain", "NAME",
               "Tell how the alert of that name stands, and why; with --replay at its end",
               into.explain);
}

ExitCode run_watch(const WatchArguments& arguments, Session& session) {
  if (arguments.list_schedules) {
    return list_schedules({.next = arguments.next.value_or(1),
                           .from = arguments.from,
                           .form = arguments.ndjson ? ListingForm::ndjson : ListingForm::table},
                          session);
  }
  if (arguments.explain && !arguments.replay) return explain_alert(arguments, session);
  if (arguments.replay) return watch_replay(arguments, session);
  if (arguments.follow_redis) return watch_follow(arguments, session);
  if (arguments.demo) return watch_demo(arguments, session);
  return watch_exchanges(arguments, session);
}

}  // namespace

void add_watch_command(Syntax& root) {
  auto arguments = std::make_shared<WatchArguments>();
  Syntax command = root.command("watch", "Follow prices and keep the cache fresh");
  if (!command.is_named()) return;
  add_options(command, *arguments);
  command.footer(kExamples);
  command.run([arguments](Session& session) { return run_watch(*arguments, session); },
              [arguments] { return check(*arguments); });
}

}  // namespace btcw::cli
