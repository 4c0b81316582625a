#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "btcw/token/algorithm.h"

namespace btcw::token {

/// The bytes of a hash or a MAC, held in place.
struct Digest {
  std::array<char, 64> bytes = {};
  std::size_t size = 0;

  [[nodiscard]] std::string_view view() const { return {bytes.data(), size}; }
};

/// A SHA-2 hash that is being made. A copy goes on from the same point.
///
/// It needs no provider of libcrypto: starting one takes twice as long as the rest of a process
/// that verifies a token.
class Sha2 {
 public:
  explicit Sha2(Hash hash);
  void update(std::string_view bytes);
  /// The hash of all that came so far. Nothing may follow.
  [[nodiscard]] Digest finish();
  [[nodiscard]] Hash hash() const { return hash_; }

 private:
  alignas(8) std::array<std::byte, 216> state_;
  Hash hash_;
};

[[nodiscard]] Digest sha2(Hash hash, std::string_view bytes);

/// Whether both are the same; how long it takes depends on the lengths only.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace btcw::token
