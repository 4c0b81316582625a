#pragma once

#include <string_view>

#include "btcw/drain/delivery_log.h"

namespace btcw::test {

/// A record of an attempt that ended `at`.
inline DeliveryRecord delivery(std::string_view id, std::string_view channel, UtcTime at) {
  return {
      .id = std::string{id}, .channel = std::string{channel}, .at = at, .took = milliseconds{5}};
}

}  // namespace btcw::test
