#pragma once

#include <span>
#include <string_view>

#include "btcw/price/price_lookup.h"
#include "btcw/rules/expression.h"
#include "session.h"

namespace btcw::cli {

/// Reads the condition of `price --if`.
/// Errors: invalid_input with the column.
Result<rules::Expression> read_condition_option(std::string_view text);

/// Judges a condition by what was found, and by the history where it needs one. ok: it is true of
/// all of them; failed: it is false of one at least; no_data: of one at least it is not known,
/// which is told. Where a price is missing, why is told by report_failures().
ExitCode judge_prices(const rules::Expression& condition, std::span<const PriceAnswer> answers,
                      PriceLookup& lookup, const PriceLookupOptions& how, const Config& config,
                      Session& session);

}  // namespace btcw::cli
