#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/market/exchange.h"
#include "btcw/market/exchanges/answer.h"

namespace btcw {

/// How the text of a member becomes a part of a ticker. Everywhere null and "" mean "not said".
enum class FieldKind {
  price,       ///< exact; zero means "not said"
  last_price,  ///< exact; zero is kept, and refused by to_ticker()
  volume,      ///< rounded to 18 digits
  percent,     ///< "-1.83" is -1.83 %
  ratio,       ///< "-0.0183" is -1.83 %
  vwap,        ///< average price: gives the quote volume where only the base volume is told
  unix_ms,     ///< milliseconds since 1970
  unix_s,      ///< seconds since 1970
  rfc3339,     ///< "2024-03-13T11:10:41.270099Z"
};

/// One member of a row that is looked at.
struct RowField {
  std::string_view key;
  FieldKind kind;
  std::optional<Decimal> TickerUpdate::*place = nullptr;  ///< nullptr for vwap and the times
  int element = -1;  ///< not -1: the member is an array, and this element of it is meant; in a
                     ///< row that is an array itself: the place in it
};

/// The members of a row. At most kMaxRowFields.
struct RowForm {
  std::string_view symbol_key;  ///< the member that names the pair; empty: there is none
  std::span<const RowField> fields;
};
inline constexpr std::size_t kMaxRowFields = 12;

/// How the asked pairs are named in the answer. A pair may have several names.
using PairNames = std::map<std::string, Symbol, std::less<>>;

/// The names of all symbols of a call, one each.
PairNames pair_names(std::span<const Symbol> symbols, std::string (*spell)(const Symbol&));

/// What is done with rows of pairs that were not asked for.
enum class Unasked { refused, passed_over };

/// Collects the rows of one answer.
class RowReader {
 public:
  /// `names` and `form` are borrowed.
  RowReader(const PairNames& names, RowForm form, Unasked unasked)
      : names_{names}, form_{form}, unasked_{unasked} {}

  /// Reads one row, an object that names its pair itself.
  /// Errors: bad_data: not an object, no pair named, a pair that was not asked for, a pair twice.
  /// A value that cannot be used makes the row unreadable, not the answer.
  Result<void> read(JsonValue row);
  /// Reads one row of the pair `name`. Should the row name its pair too, that has to agree.
  Result<void> read_named(std::string_view name, JsonValue row);
  /// Reads one row of the pair `name` that is an array: every field stands at its `element`,
  /// counted from `first`. Places that are not there say nothing. Errors: bad_data: not an array, a
  /// pair that was not asked for, a pair twice.
  Result<void> read_tuple(std::string_view name, JsonValue row, std::size_t first);
  /// Reads an array of rows that name their pairs.
  Result<void> read_list(JsonValue rows);

  RestAnswer take() { return std::move(answer_); }

 private:
  /// Takes what `update` has become, or why it cannot be used.
  Result<void> accept(const TickerUpdate& update, Result<void> read);

  const PairNames& names_;
  RowForm form_;
  Unasked unasked_;
  RestAnswer answer_;
};

/// Gives all updates that have no timestamp this one.
void stamp_all(RestAnswer& answer, UtcTime timestamp);

/// The members of one row, put in `update`, of which only the symbol is set. Allocates nothing but
/// an error's text. Errors: bad_data: a value that cannot be used, with its key.
Result<void> read_row(JsonObject row, std::span<const RowField> fields, TickerUpdate& update);
/// As read_row(), of a row that is an array: see RowReader::read_tuple.
Result<void> read_row_tuple(JsonArray row, std::size_t first, std::span<const RowField> fields,
                            TickerUpdate& update);

/// Milliseconds since 1970 as a time. Errors: bad_data before 1970 and after 9999.
Result<UtcTime> unix_time(std::int64_t ms);

}  // namespace btcw
