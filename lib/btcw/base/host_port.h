#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw {

/// Where a URL leads to: "host", "host:80", "[::1]:80".
struct HostPort {
  std::string_view
      host;  ///< a name or an address, without brackets; part of the text that was read
  std::optional<std::uint16_t> port = std::nullopt;  ///< from 1
};

/// Errors: invalid_input, which says what is wrong and quotes nothing.
Result<HostPort> read_host_port(std::string_view text);

}  // namespace btcw
