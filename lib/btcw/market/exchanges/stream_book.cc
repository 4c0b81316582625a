#include "btcw/market/exchanges/stream_book.h"

#include <utility>

#include "btcw/base/quoted.h"

namespace btcw {

void StreamBook::add(std::span<const Symbol> symbols) {
  for (const Symbol& symbol : symbols) {
    std::string native = spell_(symbol);
    if (names_.contains(native)) continue;
    const auto pair = static_cast<Pair>(pairs_.size());
    names_.emplace(std::move(native), pair);
    pairs_.push_back({symbol, TickerUpdate{.symbol = symbol}});
  }
  tickers_.reserve(pairs_.size());
}

Result<StreamNews> StreamBook::read(std::string_view frame, UtcTime received) {
  received_ = received;
  tickers_.clear();
  reply_.clear();
  news_ = {};
  auto done = read_frame_(frame, *this);
  if (!done) return std::move(done).error();
  if (!tickers_.empty()) news_.kind = StreamNewsKind::ticks;
  news_.tickers = tickers_;
  news_.reply = reply_;
  return news_;
}

std::optional<StreamBook::Pair> StreamBook::find(std::string_view native) const {
  const auto found = names_.find(native);
  return found == names_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<StreamBook::Pair> StreamBook::find_channel(std::int64_t channel) const {
  const auto found = channels_.find(channel);
  return found == channels_.end() ? std::nullopt : std::optional{found->second};
}

void StreamBook::tick(Pair pair, const TickerUpdate& update, TickForm form) {
  Held& held = pairs_[pair];
  const TickerUpdate* whole = &update;
  if (form == TickForm::part) {
    merge(held.update, update);
    whole = &held.update;
  }
  // The last price of a pair may be told later than its best bid.
  if (!whole->last) return;
  auto ticker = to_ticker(*whole, exchange_, received_);
  if (ticker) tickers_.push_back(*ticker);
}

Result<void> StreamBook::row(std::string_view native, JsonObject row,
                             std::span<const RowField> fields, TickForm form,
                             std::optional<UtcTime> stamp) {
  const auto pair = find(native);
  if (!pair) return {};
  TickerUpdate update{.symbol = symbol(*pair)};
  if (auto read = read_row(row, fields, update); !read) return std::move(read).within(native);
  if (!update.timestamp) update.timestamp = stamp;
  tick(*pair, update, form);
  return {};
}

Result<void> StreamBook::rows(JsonObject root, std::string_view key, std::string_view name_key,
                              std::span<const RowField> fields) {
  const auto list = root.array(key);
  if (!list) return list.error();
  for (const JsonValue each : *list) {
    const auto object = each.object();
    if (!object) return object.error();
    auto done = row(remark(*object, name_key), *object, fields, TickForm::whole);
    if (!done) return done;
  }
  return {};
}

void StreamBook::refuse(Error error, std::string_view native) {
  news_.kind = StreamNewsKind::refused;
  news_.error = std::move(error);
  if (const auto pair = find(native)) news_.symbol = symbol(*pair);
}

void StreamBook::reply(std::string text) { reply_ = std::move(text); }

std::unique_ptr<StreamReader> make_stream_book(ExchangeName exchange, StreamBook::Spell spell,
                                               StreamBook::ReadFrame read_frame) {
  return std::make_unique<StreamBook>(exchange, spell, read_frame);
}

std::string json_list(std::span<const Symbol> symbols, StreamBook::Spell spell,
                      std::string_view before, std::string_view after) {
  std::string list = "[";
  for (const Symbol& symbol : symbols) {
    if (list.size() > 1) list += ',';
    list.append("\"").append(before).append(spell(symbol)).append(after).append("\"");
  }
  return list + ']';
}

Error stream_refusal(std::string_view code, std::string_view text) {
  std::string message = "refuses a subscription";
  if (!code.empty()) message.append(": ").append(quoted(code));
  if (!text.empty()) message.append(": ").append(quoted(text));
  return {Errc::rejected, std::move(message)};
}

std::string_view named_in(std::string_view text, const StreamBook& book) {
  constexpr std::string_view kBetween = " ,:;'\"()[]{}";
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(kBetween), text.size());
    if (book.find(text.substr(0, end))) return text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

}  // namespace btcw
