#pragma once

#include <string_view>

#include "btcw/base/result.h"

namespace btcw::token {

/// Knows which tokens were revoked.
class RevocationCheck {
 public:
  virtual ~RevocationCheck() = default;
  /// Whether it was revoked by now.
  /// Errors: it cannot be told, and then the token is refused.
  virtual Result<bool> contains(std::string_view jti) = 0;
};

}  // namespace btcw::token
