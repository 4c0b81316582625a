#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "btcw/watch/stream_backoff.h"
#include "btcw/watch/stream_connection.h"

namespace btcw {

/// The symbols that share a connection, and that connection: from one to the next, with two of them
/// while one takes over from the other.
class StreamSlot {
 public:
  explicit StreamSlot(std::vector<Symbol> symbols) : symbols_{std::move(symbols)} {}

  [[nodiscard]] const std::vector<Symbol>& symbols() const { return symbols_; }
  void add(std::span<const Symbol> symbols);
  /// No longer asked for from the next connection on.
  void remove(std::span<const Symbol> symbols);

  /// When a connection is to be opened: the first, the next, or the one that takes over.
  /// SteadyTime::max(): there are enough.
  [[nodiscard]] SteadyTime open_at() const;
  /// Takes the connection that was opened for it.
  void open(std::unique_ptr<StreamConnection> connection);
  /// No connection could be had.
  void fail(const Error& why, const Clock& clock, Random& random);

  [[nodiscard]] bool owns(std::uint64_t socket) const;
  /// An event of one of its sockets. What two connections say alike is told once.
  StreamNews hear(const SocketEvent& event);

  /// When tend() wants to be called.
  [[nodiscard]] SteadyTime due() const;
  /// Lets the connections do what they have to, and a ready successor take over. The error: a
  /// connection has just ended without a successor.
  std::optional<Error> tend(const Clock& clock, Random& random);

  [[nodiscard]] const StreamConnection* current() const { return current_.get(); }
  [[nodiscard]] const StreamConnection* successor() const { return successor_.get(); }
  [[nodiscard]] const StreamBackoff& backoff() const { return backoff_; }
  /// How long the next connection may go without a price: longer and longer while there are none.
  [[nodiscard]] milliseconds data_window() const { return data_window_; }
  [[nodiscard]] std::uint64_t rotations() const { return rotations_; }

 private:
  static constexpr milliseconds kFirstWindow = std::chrono::minutes{2};

  void note_end(const StreamConnection& ended, const Clock& clock, Random& random);
  void drop_repeated(StreamNews& news);

  std::vector<Symbol> symbols_;
  std::unique_ptr<StreamConnection> current_;
  std::unique_ptr<StreamConnection> successor_;
  StreamBackoff backoff_;
  StreamBackoff successor_backoff_;
  milliseconds data_window_ = kFirstWindow;
  std::uint64_t rotations_ = 0;
  std::optional<SteadyTime> ready_since_;  ///< the successor brings prices
  std::map<Symbol, Ticker> told_;          ///< while there are two
  std::vector<Ticker> fresh_;              ///< of news without what was told before
};

}  // namespace btcw
