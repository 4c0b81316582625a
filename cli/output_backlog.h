#pragma once

#include <cstddef>
#include <string>

#include "btcw/base/result.h"
#include "btcw/watch/tick_observer.h"

namespace btcw::cli {

/// Bytes for a descriptor that may be slow to take them: writes what goes without waiting, keeps
/// the rest, and notices at once when the reader has gone.
class OutputBacklog {
 public:
  /// `out` is borrowed: a file, pipe, terminal or socket.
  explicit OutputBacklog(int out);
  OutputBacklog(const OutputBacklog&) = delete;
  OutputBacklog& operator=(const OutputBacklog&) = delete;
  ~OutputBacklog();

  /// Append here what is to be written.
  [[nodiscard]] std::string& text() { return text_; }
  /// How much is not written yet.
  [[nodiscard]] std::size_t size() const { return text_.size() - written_; }

  /// Can be read when write_some() has something to do or the reader has gone; -1: a file, which is
  /// never slow.
  [[nodiscard]] int fd() const { return watcher_; }

  /// Writes what goes without waiting. Flow::stop: nobody reads any more.
  /// Errors: unavailable for every other reason (a full disk).
  Result<Flow> write_some();

  /// Writes everything, as long as the reader takes something at least every `patience`.
  /// Errors: as write_some(); unavailable when the patience is at its end.
  Result<Flow> write_all(milliseconds patience);

  [[nodiscard]] bool reader_gone() const { return reader_gone_; }

 private:
  void watch_for_room();
  enum class Room { none, some, never };
  [[nodiscard]] Room room() const;

  int out_;
  int watcher_;  ///< an epoll descriptor; -1 for a file
  std::string text_;
  std::size_t written_ = 0;  ///< how much of text_ is out
  bool wants_room_ = false;  ///< what the watcher was told
  bool reader_gone_ = false;
};

}  // namespace btcw::cli
