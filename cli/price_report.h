#pragma once

#include <span>
#include <string>
#include <vector>

#include "btcw/base/symbol.h"
#include "btcw/price/price_lookup.h"
#include "render/price_output.h"
#include "session.h"

namespace btcw::cli {

/// With which code a command ends that asked for all of these.
///
/// All fresh: ok. Some fresh: partial. None: no_data where one of them is at least stale or could
/// come later, rate_limited where limits alone stood in the way of the rest, else the code of the
/// first error.
ExitCode exit_code_for(std::span<const PriceAnswer> answers);

/// Tells the log why each answer that is not a fresh price is none: a warning for a stale one, an
/// error for one that is missing. An unknown symbol comes with the nearest of `known`.
void report_failures(std::span<const PriceAnswer> answers, std::span<const Symbol> known, Log& log);

/// Puts the answers to one question per exchange together, one Comparison a symbol, in order.
/// Precondition: every request names its exchange.
std::vector<Comparison> compare(std::span<const PriceAnswer> answers, Decimal outlier_percent);

/// What a Comparison comes to as the answer for its symbol: its first fresh price, else its first
/// stale one, else why there is none (that an exchange does not list the symbol counts least).
PriceAnswer answer_of(const Comparison& comparison);

}  // namespace btcw::cli
