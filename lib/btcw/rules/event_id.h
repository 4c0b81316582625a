#pragma once

#include <string>
#include <string_view>

#include "btcw/base/symbol.h"
#include "btcw/rules/rule.h"

namespace btcw::rules {

/// The name of one event, the same however often it is asked for, and of no other: so that putting
/// its message into the queue twice is putting it there once.
///
/// "alert-0123456789abcdef-1732290000123-f7": of the alert and the symbol, the moment, whether it
/// fired or resolved, the number of the firing. The moment is in it because the numbers begin anew
/// when a state is forgotten. Letters, digits and '-' only.
std::string event_id(std::string_view alert, const Symbol& symbol, const Event& event);

}  // namespace btcw::rules
