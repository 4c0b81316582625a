// btcw price: prints prices, from the cache where they are young enough, else from the exchanges.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "btcw/base/time.h"
#include "btcw/market/exchange_names.h"
#include "btcw/price/lazy_market.h"
#include "btcw/price/price_lookup.h"
#include "commands.h"
#include "exchange_option.h"
#include "format_option.h"
#include "online_market.h"
#include "price_condition.h"
#include "price_history.h"
#include "price_report.h"
#include "redis_stage.h"
#include "render/price_output.h"
#include "render/price_template.h"
#include "symbol_arguments.h"
#include "symbol_listings.h"

namespace btcw::cli {
namespace {

struct Options {
  std::vector<std::string> symbols = {};
  std::vector<ExchangeName> exchanges = {};
  bool all_exchanges = false;
  bool offline = false;
  bool refresh = false;
  bool fail_stale = false;
  std::optional<milliseconds> max_age = std::nullopt;
  FormatOption format = {};
  std::optional<PriceTemplate> line = std::nullopt;
  std::optional<rules::Expression> condition = std::nullopt;
  std::optional<milliseconds> history = std::nullopt;
  std::optional<milliseconds> every = std::nullopt;
};

constexpr std::string_view kExamples =
    "Examples:\n"
    "  btcw price BTC/USDT eth-usd kraken:BTC/EUR\n"
    "  btcw price BTC --json | jq .last\n"
    "  btcw price BTC --all-exchanges\n"
    "  btcw price BTC --history 24h --every 5m --format csv\n"
    "  btcw price BTC --if 'last > 100000' && echo high\n"
    "  btcw price BTC ETH --template '{symbol:<10} {last:>12} {percentage:+.2f} %'";

PriceLookupOptions lookup_options(const Options& options, const Config& config) {
  PriceLookupOptions lookup{.exchanges = options.exchanges};
  // Who has said how long a cached price is good for, but not for this command, means it here too.
  const bool untouched = config.price.max_age == PriceOptions{}.max_age;
  lookup.max_age = options.max_age.value_or(untouched ? config.cache.ttl : config.price.max_age);
  if (options.offline) lookup.reach = Reach::cache_only;
  if (options.refresh) lookup.reach = Reach::exchanges_only;
  lookup.flight_file = config.general.state_dir / "flights";
  lookup.flight_patience = config.http.timeout;
  return lookup;
}

/// What --all-exchanges asks: those of --exchange, else all that are not switched off.
std::vector<ExchangeName> exchanges_to_compare(const Options& options, const Config& config) {
  if (!options.exchanges.empty()) return options.exchanges;
  std::vector<ExchangeName> names;
  for (const std::string_view text : exchange_names()) {
    const auto name = ExchangeName::parse(text);
    if (name && config.market.of(*name).enabled) names.push_back(*name);
  }
  return names;
}

Result<std::vector<SymbolRequest>> one_per_exchange(std::span<const SymbolRequest> requests,
                                                    std::span<const ExchangeName> exchanges) {
  std::vector<SymbolRequest> all;
  for (const SymbolRequest& request : requests) {
    if (request.exchange) {
      return Error{
          Errc::invalid_input,
          fmt::format("{} names its exchange, which --all-exchanges does not leave room for",
                      request.to_string())};
    }
    for (const ExchangeName& exchange : exchanges) all.push_back({request.symbol, exchange});
  }
  return all;
}

PriceLayout layout_for(const Options& options, const Session& session) {
  PriceLayout layout{.format = options.format.for_output(session), .line = options.line};
  const bool one_asked = options.symbols.size() == 1 && options.symbols.front() != "-";
  layout.shape = one_asked ? JsonShape::object : JsonShape::array;
  layout.paint = session.color_out() ? Paint::on : Paint::off;
  return layout;
}

/// The symbols that suggestions are made of: the watch list, what was once asked for, and what the
/// exchanges list.
std::vector<Symbol> known_symbols(const Config& config, PriceCache& cache,
                                  std::span<const Listing> listings) {
  std::vector<Symbol> known;
  for (const SymbolRequest& request : config.general.symbols) known.push_back(request.symbol);
  const auto tickers = cache.list();
  if (tickers) {
    for (const Ticker& ticker : *tickers) known.push_back(ticker.symbol);
  }
  // Many exchanges list the same.
  std::set<Symbol> listed;
  for (const Listing& listing : listings) {
    for (const ListedPair& pair : listing.pairs) {
      if (pair.state == PairState::trading) listed.insert(pair.symbol);
    }
  }
  known.insert(known.end(), listed.begin(), listed.end());
  return known;
}

void drop_stale(std::vector<PriceAnswer>& answers) {
  for (PriceAnswer& answer : answers) {
    if (!answer.price || !answer.price->stale) continue;
    const std::string age = short_age(answer.price->age);
    answer.error = std::move(*answer.error).within("the last known price is " + age + " old");
    // Whatever the reason, there is no data that is good enough.
    answer.error->code = Errc::unavailable;
    answer.price.reset();
  }
}

/// One row a symbol.
std::vector<PriceAnswer> print_prices(std::vector<PriceAnswer> answers, const PriceLayout& layout,
                                      Session& session) {
  std::vector<FoundPrice> prices;
  for (const PriceAnswer& answer : answers) {
    if (answer.price) prices.push_back(*answer.price);
  }
  fmt::print(session.out, "{}", render_prices(prices, layout));
  return answers;
}

/// One row a symbol and exchange. The answers are of the symbols.
std::vector<PriceAnswer> print_comparisons(std::span<const PriceAnswer> rows,
                                           const PriceOptions& how, const PriceLayout& layout,
                                           Session& session) {
  const std::vector<Comparison> comparisons = compare(rows, how.outlier_percent);
  std::vector<PriceAnswer> answers;
  for (const Comparison& comparison : comparisons) {
    const PriceAnswer& answer = answers.emplace_back(answer_of(comparison));
    for (const Comparison::Missing& missing : comparison.missing) {
      // Said once for the symbol where it has no price at all; that an exchange does not trade a
      // pair is no fault.
      if (answer.error || missing.error.code == Errc::not_found) continue;
      session.log.warning(fmt::format("{}:{}: {}", missing.exchange.text(),
                                      comparison.symbol.text(), missing.error.message));
    }
  }
  fmt::print(session.out, "{}", render_comparisons(comparisons, layout));
  return answers;
}

ExitCode run_history(const Options& options, const RequestedSymbols& symbols, const Config& config,
                     Session& session) {
  std::vector<SymbolRequest> requests = symbols.requests;
  if (!options.exchanges.empty()) {
    for (SymbolRequest& request : requests) {
      if (!request.exchange) request.exchange = options.exchanges.front();
    }
  }
  const HistoryQuestion question{
      .span = *options.history, .every = options.every, .format = options.format.asked()};
  const ExitCode code = print_history(question, requests, config, session);
  return symbols.refused > 0 && code == ExitCode::ok ? ExitCode::partial : code;
}

ExitCode run_price(const Options& options, Session& session) {
  // An answer from the cache runs no command for a secret that only the exchanges need.
  const auto config = session.load_config(SecretFetching::redis_only);
  if (!config) return fail(config.error(), session);
  const auto symbols = read_symbols(options.symbols, *config, session);
  if (!symbols) return fail(symbols.error(), session);

  if (options.history) return run_history(options, *symbols, *config, session);
  PriceLookupOptions lookup_how = lookup_options(options, *config);
  std::vector<SymbolRequest> requests = symbols->requests;
  if (options.all_exchanges) {
    auto rows = one_per_exchange(requests, exchanges_to_compare(options, *config));
    if (!rows) return fail(rows.error(), session);
    requests = *std::move(rows);
  }

  DeployedCache deployed{*config, session};
  PriceCache& cache = deployed.cache();
  OnlineMarket online{session};
  LazyMarket market{[&online] { return online.open(); }, config->market.order, session.clock};
  PriceLookup lookup{cache, market, session.clock, session.log};
  auto answers = lookup.find(requests, lookup_how);
  if (options.fail_stale) drop_stale(answers);

  if (options.condition) {
    const ExitCode code =
        judge_prices(*options.condition, answers, lookup, lookup_how, *config, session);
    return symbols->refused == 0 || code != ExitCode::ok ? code : ExitCode::partial;
  }
  const PriceLayout layout = layout_for(options, session);
  answers = options.all_exchanges ? print_comparisons(answers, config->price, layout, session)
                                  : print_prices(std::move(answers), layout, session);
  const bool any_unknown = std::any_of(answers.begin(), answers.end(), [](const PriceAnswer& a) {
    return a.error && a.error->code == Errc::not_found;
  });
  std::vector<Symbol> known;
  if (any_unknown) {
    const std::vector<Listing> listings = SymbolListings{*config, session}.stored();
    known = known_symbols(*config, cache, listings);
    tell_states(answers, listings);
  }
  report_failures(answers, known, session.log);
  if (symbols->refused == 0) return exit_code_for(answers);
  return answers.empty() ? ExitCode::usage : ExitCode::partial;
}

/// Refuses what does not go together.
Result<void> check(const Options& options) {
  const auto refuse = [](std::string why) { return Error{Errc::invalid_input, std::move(why)}; };
  if (options.line && options.format.is_given()) {
    return refuse("--template goes with neither --format nor --json");
  }
  if (auto format = options.format.check(); !format) return format;
  const bool prints = options.line || options.all_exchanges || options.format.is_given();
  if (options.condition && prints) {
    return refuse("--if prints nothing: it goes without --format, --template and --all-exchanges");
  }
  if (options.every && !options.history) return refuse("--every needs --history");
  const bool asks =
      options.refresh || options.fail_stale || options.max_age || options.exchanges.size() > 1;
  if (options.history && (options.line || options.all_exchanges || options.condition || asks)) {
    return refuse(
        "--history is what was remembered: it goes without --template, --all-exchanges, --if, "
        "--refresh, --max-age, --fail-stale and several exchanges");
  }
  if (options.history && *options.history < seconds{1}) {
    return refuse("--history: at least 1s");
  }
  if (options.offline && options.refresh) {
    return refuse("--offline and --refresh contradict each other");
  }
  const auto demo = std::count(options.exchanges.begin(), options.exchanges.end(), demo_exchange());
  if (demo > 0 && std::ssize(options.exchanges) > demo) {
    return refuse("--exchange: simulated prices (demo) and real ones do not mix");
  }
  const auto is_median = [](const ExchangeName& name) { return name.text() == kMedianName; };
  if (options.exchanges.size() > 1 && !options.all_exchanges &&
      std::any_of(options.exchanges.begin(), options.exchanges.end(), is_median)) {
    return refuse("--exchange: the median of all exchanges goes without others");
  }
  return {};
}

}  // namespace

void add_price_command(Syntax& root) {
  auto options = std::make_shared<Options>();
  Syntax command = root.command("price", "Print prices: from the cache, else from the exchanges");
  if (!command.is_named()) return;
  command.footer(kExamples);
  command.arguments(
      "SYMBOL", "BTC/USDT, btc-usdt, BTC, kraken:BTC/EUR; '-': from stdin; none: the watch list",
      options->symbols);
  add_exchange_option(command, "Ask these exchanges only, in this order", options->exchanges);
  command.flag("-a,--all-exchanges", "One row an exchange, with median, spread and outliers",
               options->all_exchanges);
  command.parsed("-m,--max-age", "TIME", "A cached price up to this old will do (default 30s)",
                 options->max_age, parse_duration);
  command.flag("--offline", "Never ask an exchange (Redis is, where prices are kept there)",
               options->offline);
  command.flag("--refresh", "Ask the exchanges even if the cache has a price", options->refresh);
  command.flag("--fail-stale", "Print nothing rather than a price that is too old",
               options->fail_stale);
  add_format_options(command, options->format);
  command.parsed("--template", "TEXT",
                 "Print this line for each price, with {symbol}, {last}, ... filled in",
                 options->line, PriceTemplate::parse);
  command.parsed("--history", "TIME",
                 "Print what 'btcw watch' has remembered of so long; on a terminal a chart",
                 options->history, parse_duration);
  command.parsed("--every", "TIME", "With --history: one row each so long (1s, 5m, 1h, 1d, 7d)",
                 options->every, read_every);
  command.parsed("--if", "CONDITION",
                 "Print nothing, exit with 0 if it is true, 1 if not, 4 if that is not known",
                 options->condition, read_condition_option);
  command.run([options](Session& session) { return run_price(*options, session); },
              [options] { return check(*options); });
}

}  // namespace btcw::cli
