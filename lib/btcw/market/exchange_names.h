#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/symbol.h"

namespace btcw {

/// An exchange of the table, as far as it can be told without the network module.
struct KnownExchange {
  std::string_view name;
  std::string_view rest_url;  ///< the default host
};

/// All exchanges that can be asked, in the order of preference that holds without a configuration.
std::span<const KnownExchange> known_exchanges();
/// Their names alone, in the same order.
std::span<const std::string_view> exchange_names();
bool is_exchange_name(std::string_view name);

/// The name under which the median of the other exchanges' prices is asked for.
inline constexpr std::string_view kMedianName = "median";
/// Whether that is a source that stands for no exchange: "demo", "median".
bool is_made_up_source(std::string_view name);

/// Assets that most people who ask for a price mean: "BTC", "ETH", … For suggestions only; any
/// other can be asked for as well.
std::span<const std::string_view> well_known_bases();

/// Up to three symbols that `wanted` may have been meant to be, nearest first, `wanted` itself left
/// out: of `known` (a watch list, a cache), then, for a well-known base, the usual quotes, then
/// well-known bases in the quote that was asked for.
std::vector<std::string> suggest_symbols(const Symbol& wanted, std::span<const Symbol> known = {});

}  // namespace btcw
