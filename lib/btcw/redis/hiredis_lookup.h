#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw {

/// Finds the addresses of a host within a time: the system's look-up, which knows none, goes on on
/// a thread that nobody waits for. One thread uses an object.
class HostLookup {
 public:
  /// The addresses as text. Called on another thread, and maybe still when the object has gone.
  /// Errors: whatever is to be told.
  using Resolve = std::function<Result<std::vector<std::string>>(const std::string& host)>;

  /// That of the system.
  HostLookup();
  explicit HostLookup(Resolve resolve) : resolve_{std::move(resolve)} {}

  /// An address stands for itself. What was not found in time is waited for in the next call.
  /// Precondition: the host is the same in every call.
  /// Errors: those of the resolver; unavailable when the time is over or there can be no thread.
  Result<std::vector<std::string>> find(const std::string& host, milliseconds limit);

 private:
  struct Search;

  Resolve resolve_;
  std::shared_ptr<Search> search_ = nullptr;  ///< with the thread that works on it
};

}  // namespace btcw
