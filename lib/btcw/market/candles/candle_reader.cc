#include "btcw/market/candles/candle_reader.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "btcw/market/exchange.h"
#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/row_reader.h"

namespace btcw {
namespace {

// In the order of CandleForm::places and keys.
constexpr std::size_t kTime = 0;
constexpr std::size_t kOpen = 1;
constexpr std::size_t kHigh = 2;
constexpr std::size_t kLow = 3;
constexpr std::size_t kClose = 4;

/// The first member that is an array.
Result<JsonValue> first_array(JsonObject object) {
  for (const JsonMember member : object) {
    if (member.value.kind() == JsonKind::array) return member.value;
  }
  return Error{Errc::bad_data, "no list of candles"};
}

Result<JsonArray> rows_of(const CandleForm& form, JsonValue root) {
  JsonValue value = root;
  for (const std::string_view key : form.path) {
    if (key.empty()) break;
    const auto object = value.object();
    if (!object) return object.error();
    const auto member = key == "*" ? first_array(*object) : sole(*object, key);
    if (!member) return member.error();
    value = *member;
  }
  return value.array();
}

Result<JsonValue> value_at(const CandleForm& form, JsonValue row, std::size_t cell) {
  if (!form.keys[cell].empty()) {
    const auto object = row.object();
    if (!object) return object.error();
    return object->at(form.keys[cell]);
  }
  const auto list = row.array();
  if (!list) return list.error();
  return list->at(form.places[cell]);
}

Result<UtcTime> time_of(const CandleForm& form, JsonValue row) {
  constexpr std::int64_t kMostSeconds = 1'000'000'000'000;
  const auto value = value_at(form, row, kTime);
  if (!value) return value.error();
  const auto number = value->integer();
  if (!number) return number.error();
  if (form.unit == CandleForm::Unit::unix_ms) return unix_time(*number);
  // Bounded before it is multiplied: the number is the other side's.
  return unix_time(std::clamp<std::int64_t>(*number, -1, kMostSeconds) * 1000);
}

Result<Decimal> price_of(const CandleForm& form, JsonValue row, std::size_t cell) {
  const auto value = value_at(form, row, cell);
  if (!value) return value.error();
  auto price = value->decimal();
  if (price && (price->is_zero() || price->is_negative())) {
    return Error{Errc::bad_data, "a candle's price is not positive"};
  }
  return price;
}

Result<Candle> read_row(const CandleForm& form, milliseconds length, JsonValue row) {
  const auto start = time_of(form, row);
  if (!start) return start.error();
  if (candle_start(*start, length) != *start) {
    return Error{Errc::bad_data, "a candle begins at an odd time"};
  }
  Candle candle{.start = *start};
  const std::array<std::pair<std::size_t, Decimal*>, 4> prices{
      {{kOpen, &candle.open}, {kHigh, &candle.high}, {kLow, &candle.low}, {kClose, &candle.close}}};
  for (const auto& [cell, price] : prices) {
    auto read = price_of(form, row, cell);
    if (!read) return std::move(read).error();
    *price = *read;
  }
  std::tie(candle.low, candle.high) =
      std::minmax({candle.open, candle.high, candle.low, candle.close});
  return candle;
}

Result<std::vector<Candle>> read_rows(const CandleForm& form, milliseconds length, JsonValue root) {
  const auto rows = rows_of(form, root);
  if (!rows) return rows.error();
  std::vector<Candle> candles;
  for (const JsonValue row : *rows) {
    if (candles.size() == kMaxCandles) return Error{Errc::bad_data, "too many candles"};
    const auto candle = read_row(form, length, row);
    if (!candle) return candle.error();
    candles.push_back(*candle);
  }
  if (candles.empty()) return Error{Errc::bad_data, "no candles"};
  std::sort(candles.begin(), candles.end(),
            [](const Candle& a, const Candle& b) { return a.start < b.start; });
  const auto twice =
      std::adjacent_find(candles.begin(), candles.end(),
                         [](const Candle& a, const Candle& b) { return a.start == b.start; });
  if (twice != candles.end()) return Error{Errc::bad_data, "two candles of one time"};
  return candles;
}

Result<std::vector<Candle>> read_body(const CandleForm& form, milliseconds length,
                                      const HttpResponse& response) {
  JsonReader reader;
  const auto root = reader.read(response.body);
  if (!root) return root.error();
  return read_rows(form, length, *root);
}

}  // namespace

Result<std::vector<Candle>> read_candles(const CandleForm& form, const Symbol& symbol,
                                         std::size_t length, const HttpResponse& response) {
  auto candles = response.status == 200 ? read_body(form, kCandleLengths[length], response)
                                        : Result<std::vector<Candle>>{Error{Errc::bad_data, {}}};
  if (candles) return candles;
  // An exchange refuses everything in the same form, which its reader of prices knows.
  const auto price =
      find_exchange(form.exchange)->read({.target = {}, .symbols = {symbol}}, response);
  if (!price && price.error().code != Errc::bad_data) return price.error();
  return unreadable(response, std::move(candles).error());
}

}  // namespace btcw
