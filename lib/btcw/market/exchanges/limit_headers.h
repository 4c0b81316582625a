#pragma once

#include <optional>
#include <string_view>

#include "btcw/base/time.h"
#include "btcw/net/http.h"

namespace btcw {

/// Until when to leave an exchange alone by its own count of the requests from this address, which
/// stands in the headers of its answers, good ones too: four fifths of what it allows are used up,
/// or hardly any request is left where it does not tell how many it allows.
/// nullopt: there is room, or it does not count aloud.
std::optional<UtcTime> pause_told(std::string_view exchange, const HttpResponse& response);

}  // namespace btcw
