#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "btcw/base/json.h"
#include "btcw/market/exchange.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/stream.h"

namespace btcw {

/// How much of a ticker a frame tells.
enum class TickForm {
  whole,  ///< all that will be told of the pair: what it leaves out is not known
  part,   ///< the rest is as it was
};

/// Where the functions of an exchange leave what a frame says, and what they need to know of the
/// frames before it.
class StreamBook final : public StreamReader {
 public:
  /// Reads one frame. Errors: bad_data.
  using ReadFrame = Result<void> (*)(std::string_view frame, StreamBook& book);
  using Spell = std::string (*)(const Symbol& symbol);
  using Pair = std::uint32_t;

  StreamBook(ExchangeName exchange, Spell spell, ReadFrame read_frame)
      : exchange_{exchange}, spell_{spell}, read_frame_{read_frame} {}

  void add(std::span<const Symbol> symbols) override;
  Result<StreamNews> read(std::string_view frame, UtcTime received) override;

  /// The pair that the exchange spells so; nullopt: none that was asked for.
  [[nodiscard]] std::optional<Pair> find(std::string_view native) const;
  [[nodiscard]] const Symbol& symbol(Pair pair) const { return pairs_[pair].symbol; }

  /// The frame as JSON. Errors: bad_data.
  Result<JsonObject> object(std::string_view frame) { return json_.read_object(frame); }
  Result<JsonValue> value(std::string_view frame) { return json_.read(frame); }
  /// Memory that is kept between frames.
  std::string& scratch() { return scratch_; }

  /// What is said of a pair.
  void tick(Pair pair, const TickerUpdate& update, TickForm form);
  /// Reads a row of the pair `native` and takes it, with `stamp` where it has no time of its own.
  /// Without effect for a pair that was not asked for. Errors: bad_data.
  Result<void> row(std::string_view native, JsonObject row, std::span<const RowField> fields,
                   TickForm form, std::optional<UtcTime> stamp = std::nullopt);
  /// Reads the list `key` of whole rows, each of which names its pair in its member `name_key`.
  /// Errors: bad_data.
  Result<void> rows(JsonObject root, std::string_view key, std::string_view name_key,
                    std::span<const RowField> fields);

  void note(StreamNewsKind kind) { news_.kind = kind; }
  /// A subscription is refused; `native`: of which pair, where that is told.
  void refuse(Error error, std::string_view native = {});
  /// To be sent at once.
  void reply(std::string text);

  /// Numbers that an exchange gives to subscriptions (bitfinex).
  void name_channel(std::int64_t channel, Pair pair) { channels_.insert_or_assign(channel, pair); }
  [[nodiscard]] std::optional<Pair> find_channel(std::int64_t channel) const;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Held {
    Symbol symbol;
    TickerUpdate update;
  };

  ExchangeName exchange_;
  Spell spell_;
  ReadFrame read_frame_;
  JsonReader json_{std::size_t{4} * 1024 * 1024};
  std::string scratch_;
  std::string reply_;
  std::vector<Held> pairs_;
  std::unordered_map<std::string, Pair, TextHash, std::equal_to<>> names_;
  std::map<std::int64_t, Pair> channels_;
  UtcTime received_{};
  std::vector<Ticker> tickers_;
  StreamNews news_;
};

/// A reader of that exchange's frames.
std::unique_ptr<StreamReader> make_stream_book(ExchangeName exchange, StreamBook::Spell spell,
                                               StreamBook::ReadFrame read_frame);

/// `["a","b"]` of the spelled symbols, each between `before` and `after`.
std::string json_list(std::span<const Symbol> symbols, StreamBook::Spell spell,
                      std::string_view before = {}, std::string_view after = {});

/// The text of an exchange's refusal as an Error: rejected.
Error stream_refusal(std::string_view code, std::string_view text);

/// Which of the words of an exchange's text is a pair that was asked for: "Currency pair not
/// supported XBT/XYZ". Empty: none.
std::string_view named_in(std::string_view text, const StreamBook& book);

}  // namespace btcw
