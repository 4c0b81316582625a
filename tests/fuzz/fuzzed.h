#pragma once

#include <string_view>

/// The exchange that every input of this program is for; empty: the input itself picks one.
extern const std::string_view kFuzzedExchange;
