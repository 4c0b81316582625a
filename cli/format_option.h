#pragma once

#include "btcw/base/result.h"
#include "render/price_output.h"
#include "session.h"
#include "syntax.h"

namespace btcw::cli {

/// What --format and --json ask for.
struct FormatOption {
  Format named = Format::automatic;
  bool json = false;

  [[nodiscard]] bool is_given() const { return json || named != Format::automatic; }
  /// Errors: invalid_input when the two name two formats.
  [[nodiscard]] Result<void> check() const;
  /// automatic where nothing is asked for.
  [[nodiscard]] Format asked() const { return json ? Format::json : named; }
  /// What is asked for, else a table on a terminal and plain lines in a pipe.
  [[nodiscard]] Format for_output(const Session& session) const;
};

/// Declares -f,--format and -j,--json. `into` outlives the parsing.
void add_format_options(Syntax& command, FormatOption& into);

}  // namespace btcw::cli
