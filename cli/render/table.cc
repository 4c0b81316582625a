#include "render/table.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace btcw::cli {
namespace {

using Align = TableColumn::Align;

constexpr std::size_t kGap = 2;

std::string_view code_of(Tint tint) {
  switch (tint) {
    case Tint::none:
      return "";
    case Tint::good:
      return "\x1b[32m";
    case Tint::bad:
      return "\x1b[31m";
    case Tint::warn:
      return "\x1b[33m";
    case Tint::dim:
      return "\x1b[2m";
  }
  return "";
}

/// How wide a column is left and right of where its decimal points stand. Without such an alignment
/// all of it is left.
struct Widths {
  std::size_t left = 0;
  std::size_t right = 0;
  [[nodiscard]] std::size_t total() const { return left + right; }
};

Widths widths_of(std::string_view text, Align align) {
  const std::size_t width = text_width(text);
  if (align != Align::point) return {width, 0};
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return {width, 0};
  return {point, width - point};
}

std::size_t blanks_before(std::string_view text, Align align, const Widths& column) {
  switch (align) {
    case Align::left:
      return 0;
    case Align::right:
      return column.total() - text_width(text);
    case Align::point:
      return column.left - widths_of(text, align).left;
  }
  return 0;
}

/// A column as it comes out of its cells.
struct Laid {
  Align align;
  Widths widths;
};

void append_line(const std::vector<TableCell>& row, const std::vector<Laid>& columns, Paint paint,
                 std::string& out) {
  std::size_t owed = 0;  // blanks, written only when something follows them
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto& [text, tint] = row[i];
    const Laid& column = columns[i];
    const std::size_t before = blanks_before(text, column.align, column.widths);
    const std::string_view code = paint == Paint::on ? code_of(tint) : "";
    owed += before + (i == 0 ? 0 : kGap);
    if (!text.empty()) {
      out.append(owed, ' ').append(code).append(text);
      if (!code.empty()) out.append("\x1b[0m");
      owed = 0;
    }
    owed += column.widths.total() - before - text_width(text);
  }
  out += '\n';
}

}  // namespace

std::size_t text_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string Table::render(Paint paint) const {
  std::vector<Laid> columns;
  for (const TableColumn& column : columns_) columns.push_back({column.align, {}});
  for (const auto& row : rows_) {
    assert(row.size() <= columns.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      Widths& widths = columns[i].widths;
      const Widths cell = widths_of(row[i].text, columns[i].align);
      widths.left = std::max(widths.left, cell.left);
      widths.right = std::max(widths.right, cell.right);
    }
  }
  std::vector<TableCell> titles;
  std::vector<Laid> title_columns;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Laid& column = columns[i];
    const std::size_t width = text_width(columns_[i].title);
    if (width > column.widths.total()) column.widths.left = width - column.widths.right;
    titles.push_back({columns_[i].title, Tint::dim});
    title_columns.push_back(
        {column.align == Align::left ? Align::left : Align::right, column.widths});
  }

  std::string out;
  append_line(titles, title_columns, paint, out);
  for (const auto& row : rows_) append_line(row, columns, paint, out);
  return out;
}

}  // namespace btcw::cli
