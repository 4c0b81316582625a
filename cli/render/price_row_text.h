#pragma once

#include <span>
#include <string>
#include <vector>

#include "render/delimited.h"
#include "render/price_fields.h"
#include "render/price_output.h"
#include "render/price_template.h"
#include "render/table.h"

// Single prices as text, in each of the formats.

namespace btcw::cli {

/// "BTC/USDT 97123.4 USDT +2.24% binance 3s", with its line end.
std::string plain_line(const PriceRow& row);

/// An empty table of prices, and a row for it.
Table make_price_table();
std::vector<TableCell> table_row(const PriceRow& row);

enum class Columns { price, price_and_summary };
/// A line of titles, and one a row.
std::string delimited(std::span<const PriceRow> rows, Delimited kind, Columns columns);

/// One line a price; rows without one are left out.
std::string render_lines(std::span<const PriceRow> rows, const PriceTemplate& line);

/// The objects that `append` writes, as `shape` says, on one line.
template <typename Items, typename Append>
std::string json_of(const Items& items, JsonShape shape, Append append) {
  std::string out;
  if (shape == JsonShape::object && items.size() == 1) {
    append(items.front(), out);
    return out + "\n";
  }
  // One that could not be had: no output is easier to notice than an object without a price.
  if (shape == JsonShape::object) return out;
  out += "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ",\n ";
    append(item, out);
  }
  return out + "]\n";
}

}  // namespace btcw::cli
