#pragma once

#include <optional>
#include <span>

#include "btcw/base/symbol.h"
#include "render/price_output.h"
#include "session.h"

namespace btcw::cli {

/// What `btcw price --history` was asked for.
struct HistoryQuestion {
  milliseconds span{0};                              ///< up to now
  std::optional<milliseconds> every = std::nullopt;  ///< nullopt: what fits
  Format format = Format::automatic;                 ///< a chart on a terminal, lines in a pipe
};

/// Refuses what there are no candles of. Errors: invalid_input.
Result<milliseconds> read_every(std::string_view text);

/// Prints what the history knows of each, from the store alone: no_data where it knows nothing of
/// all of them, partial where it does of some.
ExitCode print_history(const HistoryQuestion& question, std::span<const SymbolRequest> requests,
                       const Config& config, Session& session);

}  // namespace btcw::cli
