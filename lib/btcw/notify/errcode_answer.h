#pragma once

#include <cstdint>
#include <span>

#include "btcw/notify/http_outcome.h"

namespace btcw {

/// What {"errcode":0,"errmsg":"ok"} means, as DingTalk and WeCom answer: -1 is a system that is
/// busy, one of `limits` asks for a pause of that length, any other code is a refusal for good.
[[nodiscard]] Delivery delivery_of_errcode(const HttpResponse& response,
                                           std::span<const std::int64_t> limits,
                                           milliseconds pause);

}  // namespace btcw
