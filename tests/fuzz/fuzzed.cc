#include "fuzzed.h"

constinit const std::string_view kFuzzedExchange = BTCW_FUZZED_EXCHANGE;
