#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/config/config.h"
#include "session.h"

namespace btcw::cli {

/// What the SYMBOL arguments of a command come to.
struct RequestedSymbols {
  std::vector<SymbolRequest> requests = {};  ///< each one once, in the order of its first mention
  std::size_t refused = 0;                   ///< lines of stdin that were none; the log tells which
};

/// Reads the arguments: symbols in any spelling, "-" for those on stdin (one a line; blank lines
/// and lines that begin with '#' are passed over), none for the watch list.
///
/// Errors: invalid_input for an argument that is no symbol, an exchange that does not exist, an
/// empty watch list, more than kMaxSymbols; unavailable when stdin cannot be read.
Result<RequestedSymbols> read_symbols(const std::vector<std::string>& arguments,
                                      const Config& config, Session& session);

/// Reads the name of an exchange that can be asked, "demo" among them.
/// Errors: invalid_input with the nearest ones.
Result<ExchangeName> read_exchange(std::string_view text);

inline constexpr std::size_t kMaxSymbols = 10'000;

}  // namespace btcw::cli
