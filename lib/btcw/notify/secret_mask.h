#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/secret.h"

namespace btcw {

/// What stands in a secret's place.
inline constexpr std::string_view kMasked = "********";

/// Takes a channel's secrets out of what people get to see: previews, error details.
class SecretMask {
 public:
  /// From now on `secret` is masked: as it is, percent-encoded and as part of a JSON string. An
  /// empty one is none.
  void add(std::string_view secret);
  /// Masks what of a webhook's address comes behind the host.
  void add_address(std::string_view url);

  [[nodiscard]] std::string apply(std::string_view text) const;

 private:
  void add_form(std::string form);

  std::vector<Secret> forms_;  // longest first: a secret may begin with another
};

}  // namespace btcw
