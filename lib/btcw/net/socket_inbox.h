#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "btcw/base/wake_event.h"
#include "btcw/net/web_sockets.h"

namespace btcw {

/// Where the thread that reads sockets leaves what came for the thread that uses it. Two buffers
/// that change places: nothing is allocated in the steady state.
class SocketInbox {
 public:
  /// With more than this inside, whoever fills it should stop.
  static constexpr std::size_t kFullBytes = std::size_t{2} * 1024 * 1024;

  explicit SocketInbox(WakeEvent arrived) : arrived_{std::move(arrived)} {}

  /// Called by the reading thread. False: it is full now.
  bool put(const SocketEvent& event);

  [[nodiscard]] int fd() const { return arrived_.fd(); }

  /// Called by the using thread. True: it was full.
  bool take(SocketSink sink);

 private:
  struct Item {
    SocketEvent event;
    std::size_t size;
  };
  struct Batch {
    std::vector<Item> items;
    std::string bytes;
  };

  WakeEvent arrived_;
  std::mutex mutex_;  ///< guards filling_
  Batch filling_;
  Batch emptied_;  ///< of the using thread
};

}  // namespace btcw
