#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "btcw/price/price_lookup.h"
#include "btcw/price/price_summary.h"
#include "render/format_spec.h"

namespace btcw::cli {

/// How an exchange's price stands among the others.
struct Standing {
  Decimal deviation;  ///< from the median, in percent
  bool outlier = false;
};

/// One price to be shown; with --all-exchanges also how far the exchanges agree, and rows of those
/// that gave no price: of their ticker only the symbol and the exchange mean something.
struct PriceRow {
  FoundPrice found;
  std::optional<PriceSummary> summary = std::nullopt;
  std::optional<Standing> standing = std::nullopt;  ///< of a fresh price
  std::optional<Errc> failure = std::nullopt;       ///< why there is no price
};

/// Something that can be said of a price, under the name it has in JSON, CSV and templates.
struct PriceField {
  enum class Where { everywhere, templates, all_exchanges };

  std::string_view name;
  FieldKind kind;
  Where where;  ///< everywhere: also a column; all_exchanges: a column with --all-exchanges
  FieldValue (*value)(const PriceRow& row);
  bool without_price = false;  ///< can be said of an exchange that gave no price
};

/// All of them, in the order of the JSON object.
std::span<const PriceField> price_fields();

}  // namespace btcw::cli
