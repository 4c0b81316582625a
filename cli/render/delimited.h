#pragma once

#include <string>
#include <string_view>

namespace btcw::cli {

/// Separated values: one line of a file.
enum class Delimited {
  csv,  ///< fields quoted as RFC 4180 says; lines end in \n alone, as other tools here expect
  tsv,  ///< tab, line end, return and backslash in a field become \t, \n, \r and \\ (two
        ///< characters)
};

/// Builds one line.
class DelimitedLine {
 public:
  explicit DelimitedLine(Delimited kind) : kind_{kind} {}

  void add(std::string_view field);
  /// The line with its end; the next add() begins a new one.
  [[nodiscard]] std::string take();

 private:
  Delimited kind_;
  bool first_ = true;
  std::string line_;
};

}  // namespace btcw::cli
