#include "btcw/market/exchanges/row_reader.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <utility>

namespace btcw {
namespace {

constexpr std::int64_t kLastUnixMs = 253'402'300'799'999;  // the end of 9999

/// What stood in the members that are looked at, by the places of their fields. Bits say where
/// something stood: there is nothing to clear before a row.
struct Cells {
  std::array<JsonValue, kMaxRowFields> values;
  std::uint32_t found = 0;
  std::uint32_t twice = 0;
};

/// A bit for the first character of a key: most members of a frame are told by it not to be wanted.
std::uint64_t key_bit(std::string_view key) {
  return key.empty() ? 0 : std::uint64_t{1} << (static_cast<unsigned char>(key.front()) & 63U);
}

/// Whether two keys that begin alike are the same. Most are a few characters: a call would cost
/// more than the comparison.
bool same_key(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 1; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

Cells find_cells(JsonObject row, std::span<const RowField> fields) {
  assert(fields.size() <= kMaxRowFields);
  std::uint64_t wanted = 0;
  for (const RowField& field : fields) wanted |= key_bit(field.key);
  Cells cells;
  std::size_t i = 0;  // tables name the members in the order of most frames
  for (const JsonMember member : row) {
    if ((wanted & key_bit(member.key)) == 0) continue;
    for (std::size_t tried = 0; tried < fields.size(); ++tried) {
      const std::size_t here = i;
      i = i + 1 == fields.size() ? 0 : i + 1;
      const std::string_view key = fields[here].key;
      if (member.key.front() != key.front() || !same_key(member.key, key)) continue;
      const std::uint32_t bit = std::uint32_t{1} << here;
      if ((cells.found & bit) != 0) cells.twice |= bit;
      cells.found |= bit;
      cells.values[here] = member.value;
      break;
    }
  }
  return cells;
}

Result<std::optional<Decimal>> read_number(FieldKind kind, JsonValue value) {
  const bool exact = kind == FieldKind::price || kind == FieldKind::last_price;
  auto number = exact ? value.decimal_or_null() : value.rounded_decimal_or_null();
  if (!number || !*number) return number;
  const bool may_fall = kind == FieldKind::percent || kind == FieldKind::ratio;
  if (!may_fall && (*number)->is_negative()) return Error{Errc::bad_data, "it is negative"};
  if (kind != FieldKind::ratio) return number;
  auto percent = (*number)->times_power_of_ten(2);
  if (!percent) return std::move(percent).error();
  return std::optional{*percent};
}

Result<std::optional<UtcTime>> read_time(FieldKind kind, JsonValue value) {
  if (kind == FieldKind::rfc3339) {
    const auto text = value.text();
    if (!text) return text.error();
    if (text->empty()) return std::optional<UtcTime>{};
    const auto time = parse_time(*text);
    if (!time) return Error{Errc::bad_data, time.error().message};
    return std::optional{*time};
  }
  const auto number = value.integer_or_null();
  if (!number) return number.error();
  if (!*number || **number == 0) return std::optional<UtcTime>{};
  const std::int64_t unit = kind == FieldKind::unix_s ? 1000 : 1;
  // Bounded before it is multiplied: the number is the other side's.
  if (**number < 0 || **number > kLastUnixMs / unit) return Error{Errc::bad_data, "not a time"};
  const auto time = unix_time(**number * unit);
  if (!time) return time.error();
  return std::optional{*time};
}

/// A row while its cells are put in their places.
struct Assembly {
  TickerUpdate& update;
  std::optional<Decimal> vwap = std::nullopt;
};

Result<void> put_time(const RowField& field, JsonValue value, Assembly& row) {
  const auto time = read_time(field.kind, value);
  if (!time) return time.error();
  if (*time) row.update.timestamp = *time;
  return {};
}

/// A number in quotes that needs no second look. False: it may be anything.
bool put_plain_number(const RowField& field, JsonValue value, TickerUpdate& update) {
  if (field.place == nullptr || field.element >= 0 || field.kind == FieldKind::ratio) return false;
  const auto text = value.text_or_none();
  if (!text) return false;
  const auto number = Decimal::parse_plain(*text);
  if (!number || (number->is_negative() && field.kind != FieldKind::percent)) return false;
  if (field.kind != FieldKind::price || !number->is_zero()) update.*field.place = *number;
  return true;
}

Result<void> put_number(const RowField& field, JsonValue value, Assembly& row) {
  const auto number = read_number(field.kind, value);
  if (!number) return number.error();
  if (!*number) return {};
  if (field.kind == FieldKind::vwap) {
    row.vwap = *number;
  } else if (field.kind != FieldKind::price || !(*number)->is_zero()) {
    row.update.*field.place = *number;
  }
  return {};
}

bool is_time(FieldKind kind) {
  return kind == FieldKind::unix_ms || kind == FieldKind::unix_s || kind == FieldKind::rfc3339;
}

Result<void> put_value(const RowField& field, JsonValue value, Assembly& row) {
  return is_time(field.kind) ? put_time(field, value, row) : put_number(field, value, row);
}

Result<void> put(const RowField& field, JsonValue value, Assembly& row) {
  if (value.is_null()) return {};
  if (field.element >= 0) {
    const auto list = value.array();
    if (!list) return list.error();
    const auto element = list->at(static_cast<std::size_t>(field.element));
    if (!element) return {};  // a shorter list says nothing of it
    value = *element;
  }
  return put_value(field, value, row);
}

Error not_asked_for(std::string_view name) {
  return Error{Errc::bad_data, "speaks of a pair not asked for: " + quoted(name)};
}

}  // namespace

Result<void> read_row(JsonObject object, std::span<const RowField> fields, TickerUpdate& update) {
  const Cells cells = find_cells(object, fields);
  Assembly row{.update = update};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if ((cells.found >> i & 1U) == 0) continue;
    const bool twice = (cells.twice >> i & 1U) != 0;
    if (!twice && put_plain_number(fields[i], cells.values[i], update)) continue;
    Result<void> done = twice ? Error{Errc::bad_data, "it stands there twice"}
                              : put(fields[i], cells.values[i], row);
    if (!done) return std::move(done).within(fields[i].key);
  }
  if (!row.update.quote_volume && row.update.base_volume && row.vwap) {
    row.update.quote_volume = multiply(*row.update.base_volume, *row.vwap);
  }
  return {};
}

Result<void> read_row_tuple(JsonArray tuple, std::size_t first, std::span<const RowField> fields,
                            TickerUpdate& update) {
  Assembly row{.update = update};
  std::size_t at = 0;
  for (const JsonValue value : tuple) {
    for (const RowField& field : fields) {
      if (at != first + static_cast<std::size_t>(field.element) || value.is_null()) continue;
      if (auto done = put_value(field, value, row); !done) {
        return std::move(done).within(field.key);
      }
    }
    ++at;
  }
  return {};
}

Result<UtcTime> unix_time(std::int64_t ms) {
  if (ms < 0 || ms > kLastUnixMs) return Error{Errc::bad_data, "not a time"};
  return from_unix_ms(ms);
}

PairNames pair_names(std::span<const Symbol> symbols, std::string (*spell)(const Symbol&)) {
  PairNames names;
  for (const Symbol& symbol : symbols) names.emplace(spell(symbol), symbol);
  return names;
}

Result<void> RowReader::read(JsonValue value) {
  const auto row = value.object();
  if (!row) return row.error();
  const auto named = sole(*row, form_.symbol_key);
  if (!named) return named.error();
  const auto name = named->text();
  if (!name) return name.error();
  const auto asked = names_.find(*name);
  if (asked != names_.end()) {
    TickerUpdate update{.symbol = asked->second};
    return accept(update, read_row(*row, form_.fields, update));
  }
  if (unasked_ == Unasked::passed_over) return {};
  return not_asked_for(*name);
}

Result<void> RowReader::read_named(std::string_view name, JsonValue value) {
  const auto row = value.object();
  if (!row) return row.error();
  const auto asked = names_.find(name);
  if (asked == names_.end()) return not_asked_for(name);
  const std::string_view own =
      form_.symbol_key.empty() ? std::string_view{} : remark(*row, form_.symbol_key);
  if (!own.empty()) {
    const auto meant = names_.find(own);
    if (meant == names_.end() || meant->second != asked->second) return not_asked_for(own);
  }
  TickerUpdate update{.symbol = asked->second};
  return accept(update, read_row(*row, form_.fields, update));
}

Result<void> RowReader::read_tuple(std::string_view name, JsonValue value, std::size_t first) {
  const auto row = value.array();
  if (!row) return row.error();
  const auto asked = names_.find(name);
  if (asked == names_.end()) {
    if (unasked_ == Unasked::passed_over) return {};
    return not_asked_for(name);
  }
  TickerUpdate update{.symbol = asked->second};
  return accept(update, read_row_tuple(*row, first, form_.fields, update));
}

Result<void> RowReader::read_list(JsonValue value) {
  const auto rows = value.array();
  if (!rows) return rows.error();
  for (const JsonValue row : *rows) {
    if (auto done = read(row); !done) return done;
  }
  return {};
}

Result<void> RowReader::accept(const TickerUpdate& update, Result<void> read) {
  const Symbol& symbol = update.symbol;
  const auto is_same = [&symbol](const auto& each) { return each.symbol == symbol; };
  if (std::any_of(answer_.updates.begin(), answer_.updates.end(), is_same) ||
      std::any_of(answer_.unreadable.begin(), answer_.unreadable.end(), is_same)) {
    return Error{Errc::bad_data, "speaks twice of " + std::string{symbol.text()}};
  }
  if (read) {
    answer_.updates.push_back(update);
  } else {
    answer_.unreadable.push_back({symbol, std::move(read).error()});
  }
  return {};
}

void stamp_all(RestAnswer& answer, UtcTime timestamp) {
  for (TickerUpdate& update : answer.updates) {
    if (!update.timestamp) update.timestamp = timestamp;
  }
}

}  // namespace btcw
