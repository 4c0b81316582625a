#pragma once

#include <mutex>
#include <random>

#include "btcw/base/random.h"

namespace btcw::test {

/// The same bytes for the same seed, on every machine. Thread-safe.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : engine_{seed} {}

  void fill(std::span<std::byte> out) override {
    const std::lock_guard lock{mutex_};
    for (std::byte& byte : out) byte = static_cast<std::byte>(engine_() >> 56U);
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

}  // namespace btcw::test
