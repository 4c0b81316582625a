#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace btcw::cli {

/// Help that fits a terminal: usage, what the command does, its options with the column of the
/// explanations aligned, and, for a subcommand, the options that every command understands.
class HelpFormatter final : public CLI::FormatterBase {
 public:
  [[nodiscard]] std::string make_help(const CLI::App* app, std::string name,
                                      CLI::AppFormatMode mode) const override;
};

}  // namespace btcw::cli
