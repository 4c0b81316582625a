#include "price_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "btcw/history/history_store.h"
#include "btcw/history/past.h"
#include "render/chart.h"
#include "render/history_output.h"
#include "terminal_mode.h"

namespace btcw::cli {
namespace {

constexpr std::size_t kMostCandles = 300;

Error nothing_kept(const Config& config) {
  return {Errc::not_found, config.history.enabled
                               ? "nothing is remembered yet: 'btcw watch' does"
                               : "nothing is remembered: history.enabled is false"};
}

/// A store that is there; a question makes none.
Result<std::unique_ptr<history::HistoryStore>> open_store(const Config& config) {
  const auto file = history::history_file(config.general.state_dir);
  std::error_code ignored;  // then there is nothing to be read either
  if (!std::filesystem::exists(file, ignored)) return nothing_kept(config);
  return history::open_history_store(file);
}

/// "known of it are demo:BTC/USDT, kraken:BTC/USDT".
std::string others_known(history::HistoryStore& store, const Symbol& symbol) {
  const auto names = store.series();
  if (!names) return {};
  std::string known;
  for (const std::string& name : *names) {
    const auto request = SymbolRequest::parse(name, "USDT");
    if (!request || request->symbol != symbol) continue;
    known += (known.empty() ? "; known is " : ", ") + name;
  }
  return known;
}

void print_charts(std::span<const PastPrices> pasts, Session& session) {
  const TerminalSize terminal = terminal_size(fileno(session.out));
  constexpr std::size_t kMostRows = 20;
  constexpr std::size_t kAround = 6;  // a title, an axis, the prompt
  const auto rows = static_cast<std::size_t>(terminal.rows);
  const ChartSize size{.rows = std::min(rows - std::min(rows, kAround), kMostRows),
                       .columns = static_cast<std::size_t>(terminal.columns)};
  for (const PastPrices& past : pasts) {
    fmt::print(session.out, "{}  {} each  last {}\n{}", past.request.to_string(),
               to_string(past.interval), past.candles.back().close.to_string(),
               render_chart(past.candles, past.interval, size));
  }
}

}  // namespace

Result<milliseconds> read_every(std::string_view text) {
  const auto every = parse_duration(text);
  if (!every || history::is_interval(*every)) return every;
  return Error{
      Errc::invalid_input,
      "expected a whole number of seconds that divides a day, or 7d, not " + to_string(*every)};
}

ExitCode print_history(const HistoryQuestion& question, std::span<const SymbolRequest> requests,
                       const Config& config, Session& session) {
  const auto store = open_store(config);
  if (!store) {
    const ExitCode code = fail(store.error(), session);
    return store.error().code == Errc::not_found ? ExitCode::no_data : code;
  }
  const UtcTime now = session.clock.now();
  const milliseconds interval =
      question.every.value_or(history::fitting_interval(question.span, kMostCandles));
  std::vector<PastPrices> pasts;
  for (const SymbolRequest& request : requests) {
    auto candles = history::past_candles(**store, request.to_string(), interval,
                                         now - question.span, now + milliseconds{1});
    if (!candles) return fail(candles.error(), session);
    if (candles->empty()) {
      session.log.error(fmt::format("{}: nothing is remembered of that time{}", request.to_string(),
                                    others_known(**store, request.symbol)));
      continue;
    }
    pasts.push_back({request, interval, *std::move(candles)});
  }
  if (pasts.empty()) return ExitCode::no_data;
  const bool dumb = session.environment.get("TERM").value_or("dumb") == "dumb";
  if (question.format == Format::automatic && session.out_is_terminal && !dumb) {
    print_charts(pasts, session);
  } else {
    fmt::print(session.out, "{}", render_past(pasts, question.format));
  }
  return pasts.size() == requests.size() ? ExitCode::ok : ExitCode::partial;
}

}  // namespace btcw::cli
