#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace btcw {

/// The seam to randomness. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  /// Fills `out` with bytes that nobody can foretell.
  virtual void fill(std::span<std::byte> out) = 0;
  /// A number in [0, bound). Precondition: bound > 0.
  std::uint64_t below(std::uint64_t bound);
};

/// getrandom(2).
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;
};

}  // namespace btcw
