#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/time.h"

namespace btcw {

/// The right to be the one process that asks for something: those that want the same wait, and find
/// the answer where the first one put it.
///
/// A lock on one byte of a file, which is made and stays empty; it goes with its holder, however
/// that ends. Two different things share a byte now and then, and then wait for each other.
class FlightLock {
 public:
  /// Waits for up to `patience`. nullopt when that was not enough, and when the file cannot be
  /// used: then everybody asks for himself.
  static std::optional<FlightLock> acquire(const std::filesystem::path& file, std::uint64_t what,
                                           milliseconds patience);

  /// Whether somebody else had it, and may have left an answer.
  [[nodiscard]] bool waited() const { return waited_; }

 private:
  explicit FlightLock(FileDescriptor file) : file_{std::move(file)} {}

  FileDescriptor file_;
  bool waited_ = false;
};

}  // namespace btcw
