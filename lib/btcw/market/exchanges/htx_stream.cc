// HTX: https://www.htx.com/en-us/opend/newApiPages/ (market data, market.$symbol.ticker)
#include <array>

#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"
#include "btcw/net/gunzip.h"

namespace btcw {
namespace {

// Of the last 24 hours here, unlike those of /market/tickers.
constexpr std::array kFields{
    RowField{"lastPrice", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bid", FieldKind::price, &TickerUpdate::bid},
    RowField{"ask", FieldKind::price, &TickerUpdate::ask},
    RowField{"open", FieldKind::price, &TickerUpdate::open},
    RowField{"high", FieldKind::price, &TickerUpdate::high},
    RowField{"low", FieldKind::price, &TickerUpdate::low},
    RowField{"amount", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"vol", FieldKind::volume, &TickerUpdate::quote_volume},
};
constexpr std::string_view kBefore = "market.";
constexpr std::string_view kAfter = ".ticker";
constexpr std::size_t kMaxFrame = std::size_t{1} * 1024 * 1024;

std::string spell(const Symbol& symbol) { return lower_case(joined(symbol, "")); }

Result<void> read_tick(std::string_view channel, JsonObject root, StreamBook& book) {
  if (!channel.starts_with(kBefore) || !channel.ends_with(kAfter)) return {};
  channel.remove_prefix(kBefore.size());
  if (channel.size() < kAfter.size()) return {};
  channel.remove_suffix(kAfter.size());
  const auto tick = root.object("tick");
  if (!tick) return tick.error();
  const auto ts = root.integer("ts");
  if (!ts) return ts.error();
  const auto at = unix_time(*ts);
  if (!at) return at.error();
  return book.row(channel, *tick, kFields, TickForm::whole, *at);
}

/// "invalid topic market.xyzusdt.ticker"
std::string_view refused_pair(std::string_view text) {
  const auto at = text.find(kBefore);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + kBefore.size());
  return text.substr(0, text.find('.'));
}

Result<void> read_text(std::string_view frame, StreamBook& book) {
  const auto root = book.object(frame);
  if (!root) return root.error();
  if (root->find("ping")) {
    const auto number = root->integer("ping");
    if (!number) return number.error();
    book.reply(R"({"pong":)" + std::to_string(*number) + "}");
    return {};
  }
  if (const std::string_view channel = remark(*root, "ch"); !channel.empty()) {
    return read_tick(channel, *root, book);
  }
  if (root->find("subbed")) book.note(StreamNewsKind::accepted);
  if (remark(*root, "status") == "error") {
    const std::string_view text = remark(*root, "err-msg");
    book.refuse(stream_refusal(remark(*root, "err-code"), text), refused_pair(text));
  }
  return {};
}

// Everything comes packed.
Result<void> read_frame(std::string_view frame, StreamBook& book) {
  const auto text = gunzip(frame, book.scratch(), kMaxFrame);
  if (!text) return text.error();
  return read_text(*text, book);
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp stamp) {
  std::vector<std::string> messages;
  for (const Symbol& symbol : symbols) {
    messages.push_back(R"({"sub":"market.)" + spell(symbol) + R"(.ticker","id":")" +
                       std::to_string(stamp.number++) + R"("})");
  }
  return messages;
}

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream htx_stream() {
  // It pings every 5 s, and ends a connection that has missed two.
  return {.name = "htx",
          .url = "wss://api.huobi.pro",
          .path = "/ws",
          .limits = {.symbols_per_connection = 100,
                     .symbols_per_request = 1,
                     .between_requests = milliseconds{100},
                     .between_connections = seconds{2},
                     .longest_silence = seconds{20}},
          .subscribe = subscribe,
          .make_reader = make_reader};
}

}  // namespace btcw
