#include "render/price_fields.h"

#include <array>
#include <string>

#include "btcw/base/time.h"

namespace btcw::cli {
namespace {

using Where = PriceField::Where;

constexpr int kAgePlaces = 3;

FieldValue text(std::string_view value) { return std::string{value}; }

FieldValue number(const std::optional<Decimal>& value) {
  if (!value) return std::monostate{};
  return Number{*value};
}

FieldValue moment(const std::optional<UtcTime>& time) {
  if (!time) return std::monostate{};
  return Number{Decimal::from_parts(to_unix_ms(*time), 0)};
}

FieldValue age(const PriceRow& row) {
  return Number{Decimal::from_parts(row.found.age.count(), kAgePlaces), kAgePlaces};
}

FieldValue median(const PriceRow& row) {
  if (!row.summary) return std::monostate{};
  return Number{row.summary->median};
}

FieldValue spread(const PriceRow& row) {
  if (!row.summary) return std::monostate{};
  return Number{row.summary->spread};
}

FieldValue deviation_of(const PriceRow& row) {
  if (!row.standing) return std::monostate{};
  return Number{row.standing->deviation};
}

FieldValue outlier(const PriceRow& row) {
  if (!row.standing) return std::monostate{};
  return FieldValue{row.standing->outlier};
}

FieldValue error(const PriceRow& row) {
  if (!row.failure) return std::monostate{};
  return text(to_string(*row.failure));
}

constexpr auto kText = FieldKind::text;
constexpr auto kNumber = FieldKind::number;

constexpr std::array kFields{
    PriceField{"symbol", kText, Where::everywhere,
               [](const PriceRow& row) { return text(row.found.ticker.symbol.text()); }, true},
    PriceField{"base", kText, Where::templates,
               [](const PriceRow& row) { return text(row.found.ticker.symbol.base()); }},
    PriceField{"quote", kText, Where::templates,
               [](const PriceRow& row) { return text(row.found.ticker.symbol.quote()); }},
    PriceField{"exchange", kText, Where::everywhere,
               [](const PriceRow& row) { return text(row.found.ticker.exchange.text()); }, true},
    PriceField{"last", kNumber, Where::everywhere,
               [](const PriceRow& row) { return number(row.found.ticker.last); }},
    PriceField{"bid", kNumber, Where::everywhere,
               [](const PriceRow& row) { return number(row.found.ticker.bid); }},
    PriceField{"ask", kNumber, Where::everywhere,
               [](const PriceRow& row) { return number(row.found.ticker.ask); }},
    PriceField{"open", kNumber, Where::everywhere,
               [](const PriceRow& row) { return number(row.found.ticker.open); }},
    PriceField{"high", kNumber, Where::everywhere,
               [](const PriceRow& row) { return number(row.found.ticker.high); }},
    PriceField{"low", kNumber, Where::everywhere,
               [](const PriceRow& row) { return number(row.found.ticker.low); }},
    PriceField{"percentage", kNumber, Where::everywhere,
               [](const PriceRow& row) { return number(row.found.ticker.percentage); }},
    PriceField{"baseVolume", kNumber, Where::everywhere,
               [](const PriceRow& row) { return number(row.found.ticker.base_volume); }},
    PriceField{"quoteVolume", kNumber, Where::everywhere,
               [](const PriceRow& row) { return number(row.found.ticker.quote_volume); }},
    PriceField{"timestamp", kNumber, Where::everywhere,
               [](const PriceRow& row) { return moment(row.found.ticker.timestamp); }},
    PriceField{"received", kNumber, Where::everywhere,
               [](const PriceRow& row) { return moment(row.found.ticker.received); }},
    PriceField{"time", kText, Where::templates,
               [](const PriceRow& row) { return text(to_rfc3339(row.found.ticker.received)); }},
    PriceField{"source", kText, Where::everywhere,
               [](const PriceRow& row) { return text(to_string(row.found.source)); }},
    PriceField{"age", kNumber, Where::everywhere, age},
    PriceField{"stale", kText, Where::everywhere,
               [](const PriceRow& row) { return FieldValue{row.found.stale}; }},
    PriceField{"median", kNumber, Where::all_exchanges, median, true},
    PriceField{"spread", kNumber, Where::all_exchanges, spread, true},
    PriceField{"deviation", kNumber, Where::all_exchanges, deviation_of},
    PriceField{"outlier", kText, Where::all_exchanges, outlier},
    PriceField{"error", kText, Where::all_exchanges, error, true},
};

}  // namespace

std::span<const PriceField> price_fields() { return kFields; }

}  // namespace btcw::cli
