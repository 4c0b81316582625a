// btcw symbols: what can be asked for, exchange by exchange.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/market/exchange_names.h"
#include "commands.h"
#include "format_option.h"
#include "render/delimited.h"
#include "render/price_output.h"
#include "render/table.h"
#include "symbol_arguments.h"
#include "symbol_listings.h"

namespace btcw::cli {
namespace {

constexpr std::size_t kMaxPattern = 64;

struct Options {
  std::vector<std::string> words = {};
  std::optional<std::string> match = std::nullopt;
  bool refresh = false;
  bool all = false;
  FormatOption format = {};
};

constexpr std::string_view kExamples =
    "Examples:\n"
    "  btcw symbols kraken\n"
    "  btcw symbols binance okx 'SOL/*'\n"
    "  btcw symbols --match DOGE --all --format csv";

/// What the words of the command line mean.
struct Wish {
  std::vector<ExchangeName> exchanges = {};
  std::string pattern = {};  ///< in upper case; empty: everything
};

/// Names of exchanges are in lower case, which a pattern never is alone.
bool is_pattern(std::string_view word) {
  return word.find_first_of("*?/ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string_view::npos;
}

Result<void> set_pattern(std::string_view text, Wish& wish) {
  if (!wish.pattern.empty()) return Error{Errc::invalid_input, "there are two patterns"};
  if (text.empty() || text.size() > kMaxPattern) {
    return Error{Errc::invalid_input, fmt::format("a pattern has from 1 to {} characters: {}",
                                                  kMaxPattern, quoted(text))};
  }
  for (const char c : text) wish.pattern += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  // A bare word may stand anywhere in a symbol.
  if (text.find_first_of("*?/") == std::string_view::npos) wish.pattern = "*" + wish.pattern + "*";
  return {};
}

Result<Wish> read_wish(const Options& options) {
  Wish wish;
  if (options.match) {
    if (auto set = set_pattern(*options.match, wish); !set) return set.error();
  }
  for (const std::string& word : options.words) {
    if (is_pattern(word)) {
      if (auto set = set_pattern(word, wish); !set) return set.error();
      continue;
    }
    const auto exchange = read_exchange(word);
    if (!exchange) return exchange.error();
    if (is_made_up_source(exchange->text())) {
      return Error{Errc::invalid_input, word + " has no list of its own"};
    }
    if (std::find(wish.exchanges.begin(), wish.exchanges.end(), *exchange) ==
        wish.exchanges.end()) {
      wish.exchanges.push_back(*exchange);
    }
  }
  return wish;
}

/// One pair of one exchange, to be shown.
struct Row {
  ListedPair pair;
  ExchangeName exchange;
};

std::vector<Row> rows_of(std::span<const FoundListing> listings, const Wish& wish,
                         const Options& options) {
  std::vector<Row> rows;
  for (const FoundListing& found : listings) {
    if (!found.listing) continue;
    for (const ListedPair& pair : found.listing->pairs) {
      if (!options.all && pair.state != PairState::trading) continue;
      const std::string text{pair.symbol.text()};
      if (!wish.pattern.empty() && ::fnmatch(wish.pattern.c_str(), text.c_str(), 0) != 0) continue;
      rows.push_back({pair, found.exchange});
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.pair.symbol < b.pair.symbol; });
  return rows;
}

std::string delimited(std::span<const Row> rows, Delimited kind) {
  DelimitedLine line{kind};
  for (const std::string_view title : {"symbol", "exchange", "state"}) line.add(title);
  std::string out = line.take();
  for (const Row& row : rows) {
    line.add(row.pair.symbol.text());
    line.add(row.exchange.text());
    line.add(to_string(row.pair.state));
    out += line.take();
  }
  return out;
}

// Neither a symbol nor a name has a character that JSON would mind.
std::string json_row(const Row& row) {
  return fmt::format(R"({{"symbol":"{}","exchange":"{}","state":"{}"}})", row.pair.symbol.text(),
                     row.exchange.text(), to_string(row.pair.state));
}

std::string json_array(std::span<const Row> rows) {
  std::string out = "[";
  for (const Row& row : rows) {
    if (out.size() > 1) out += ",\n ";
    out += json_row(row);
  }
  return out + "]\n";
}

std::string table(std::span<const Row> rows, Paint paint) {
  if (rows.empty()) return {};
  Table table{{{"SYMBOL"}, {"EXCHANGE"}, {"STATE"}}};
  for (const Row& row : rows) {
    const Tint tint = row.pair.state == PairState::trading ? Tint::none : Tint::warn;
    table.add({{std::string{row.pair.symbol.text()}},
               {std::string{row.exchange.text()}},
               {std::string{to_string(row.pair.state)}, tint}});
  }
  return table.render(paint);
}

/// What `btcw price -` reads: the exchange stands before the symbol where there are several.
std::string plain(std::span<const Row> rows, std::size_t exchanges) {
  std::string out;
  for (const Row& row : rows) {
    if (exchanges > 1) out.append(row.exchange.text()).append(":");
    out += row.pair.symbol.text();
    if (row.pair.state != PairState::trading) out.append(" ").append(to_string(row.pair.state));
    out += '\n';
  }
  return out;
}

std::string render(std::span<const Row> rows, std::size_t exchanges, Format format, Paint paint) {
  switch (format) {
    case Format::automatic:
    case Format::plain:
      return plain(rows, exchanges);
    case Format::table:
      return table(rows, paint);
    case Format::json:
      return json_array(rows);
    case Format::ndjson: {
      std::string out;
      for (const Row& row : rows) out += json_row(row) + "\n";
      return out;
    }
    case Format::csv:
      return delimited(rows, Delimited::csv);
    case Format::tsv:
      return delimited(rows, Delimited::tsv);
  }
  return {};
}

/// Tells what could not be had. partial, when some could; else the code of the first error.
ExitCode report(std::span<const FoundListing> listings, Session& session) {
  ExitCode code = ExitCode::ok;
  bool any = false;
  for (const FoundListing& found : listings) {
    any = any || found.listing;
    if (!found.error) continue;
    const std::string message = fmt::format(
        "{}: {}{}", found.exchange.text(), found.error->message,
        found.error->retry_at ? fmt::format(" (not before {})", to_rfc3339(*found.error->retry_at))
                              : "");
    if (found.listing) {
      session.log.warning(message + ": an older list is shown");
    } else {
      session.log.error(message);
    }
    if (code == ExitCode::ok) code = exit_code_for(found.error->code);
  }
  return any && code != ExitCode::ok ? ExitCode::partial : code;
}

ExitCode run_symbols(const Options& options, Session& session) {
  auto wish = read_wish(options);
  if (!wish) return fail(wish.error(), session);
  const auto config = session.load_config(SecretFetching::none);
  if (!config) return fail(config.error(), session);
  if (wish->exchanges.empty()) wish->exchanges = config->market.enabled();

  SymbolListings listings{*config, session};
  const auto found =
      listings.find(wish->exchanges, options.refresh ? Renewal::all : Renewal::daily);
  const std::vector<Row> rows = rows_of(found, *wish, options);
  const Format format = options.format.for_output(session);
  const Paint paint = session.color_out() ? Paint::on : Paint::off;
  fmt::print(session.out, "{}", render(rows, wish->exchanges.size(), format, paint));
  const ExitCode code = report(found, session);
  return code == ExitCode::ok && rows.empty() ? ExitCode::no_data : code;
}

Result<void> check(const Options& options) {
  if (auto format = options.format.check(); !format) return format;
  if (auto wish = read_wish(options); !wish) return std::move(wish).error();
  return {};
}

}  // namespace

void add_symbols_command(Syntax& root) {
  auto options = std::make_shared<Options>();
  Syntax command = root.command("symbols", "Print what can be asked for, exchange by exchange");
  if (!command.is_named()) return;
  command.footer(kExamples);
  command.arguments("WORD", "kraken, or a pattern: 'BTC/*'; no exchange: the configured ones",
                    options->words);
  command.text("--match", "PATTERN", "Only symbols like this: '*/EUR', DOGE", options->match);
  command.flag("--refresh", "Ask the exchanges even if they were asked within a day",
               options->refresh);
  command.flag("--all", "Also pairs that are halted or delisted", options->all);
  add_format_options(command, options->format);
  command.run([options](Session& session) { return run_symbols(*options, session); },
              [options] { return check(*options); });
}

}  // namespace btcw::cli
