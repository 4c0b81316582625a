#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw {

/// Unpacks one gzip member into `memory`, which keeps its room from call to call, and returns a
/// view of it. Errors: bad_data: not gzip, cut short, a wrong checksum, more than `max_bytes`, or
/// bytes behind the end.
Result<std::string_view> gunzip(std::string_view packed, std::string& memory,
                                std::size_t max_bytes);

}  // namespace btcw
