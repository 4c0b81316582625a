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
#include "watch_arguments.h"
#include "watch_demo.h"
#include "watch_exchanges.h"
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
    "  btcw watch BTC > rec.ndjson; btcw watch --replay rec.ndjson --replay-speed 10x";

constexpr milliseconds kShortestInterval = seconds{1};
constexpr milliseconds kShortestDemoInterval{100};

Result<std::uint64_t> read_seed(std::string_view text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc{} && end == text.data() + text.size()) return seed;
  return Error{Errc::invalid_input, "not a whole number: '" + std::string{text} + "'"};
}

Error refused(std::string why) { return Error{Errc::invalid_input, std::move(why)}; }

Result<void> check_replay(const WatchArguments& arguments) {
  if (!arguments.replay) {
    if (arguments.replay_speed) return refused("--replay-speed needs --replay");
    return {};
  }
  if (arguments.demo) return refused("--replay goes without --demo");
  if (arguments.once) return refused("--replay goes without --once");
  if (arguments.interval) {
    return refused("--replay goes without --interval: a recording has its own times");
  }
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
  return check_replay(arguments);
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
  command.parsed("--seed", "NUMBER", "The same demo prices again for the same number", into.seed,
                 read_seed);
  command.text("--replay", "FILE",
               "Play tickers from a file (- for stdin), one JSON object a line, as watch and "
               "price print them; with SYMBOL or --exchange only those",
               into.replay);
  command.parsed("--replay-speed", "SPEED",
                 "max, or so many times as fast as it was: 1x, 10x (default max)",
                 into.replay_speed, ReplaySpeed::parse);
}

ExitCode run_watch(const WatchArguments& arguments, Session& session) {
  if (arguments.replay) return watch_replay(arguments, session);
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
