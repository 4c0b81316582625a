#pragma once

#include <string_view>

#include "btcw/token/sha2.h"

namespace btcw::token {

/// An HMAC secret, with the work that depends on it alone done once (RFC 2104).
///
/// The secret itself is not kept; what is kept is wiped when the object goes.
class HmacKey {
 public:
  HmacKey(Hash hash, std::string_view secret);
  HmacKey(const HmacKey&) = delete;
  HmacKey& operator=(const HmacKey&) = delete;
  ~HmacKey();

  [[nodiscard]] Digest mac(std::string_view data) const;

 private:
  Sha2 inner_;
  Sha2 outer_;
};

}  // namespace btcw::token
