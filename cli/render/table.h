#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btcw::cli {

enum class Tint { none, good, bad, warn, dim };
enum class Paint { off, on };

struct TableCell {
  std::string text = {};
  Tint tint = Tint::none;
};

struct TableColumn {
  /// point: numbers stand with their decimal points in one line.
  enum class Align { left, right, point };

  std::string title;
  Align align = Align::left;
};

/// Columns of text for a terminal, two spaces between them, no spaces at the end of a line.
class Table {
 public:
  explicit Table(std::vector<TableColumn> columns) : columns_{std::move(columns)} {}

  /// Missing cells at the end are empty. Precondition: no more cells than columns.
  void add(std::vector<TableCell> row) { rows_.push_back(std::move(row)); }

  /// Titles and rows.
  [[nodiscard]] std::string render(Paint paint) const;

 private:
  std::vector<TableColumn> columns_;
  std::vector<std::vector<TableCell>> rows_;
};

/// The columns that `text` takes on a terminal, as far as a character is one column.
std::size_t text_width(std::string_view text);

}  // namespace btcw::cli
