#pragma once

#include <deque>
#include <mutex>
#include <string>

#include "btcw/base/log.h"

namespace btcw::cli {

/// The log while a table covers the terminal: the latest line is for the table to show; all of them
/// go to the real log when the table has gone, or at once where stderr leads elsewhere.
class ScreenLog final : public Log {
 public:
  enum class Stderr {
    same_terminal,  ///< as the table
    elsewhere,
  };
  ScreenLog(Log& log, Stderr where) : log_{log}, where_{where} {}

  void write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) override;
  [[nodiscard]] bool wants(LogLevel level) const override { return log_.wants(level); }

  [[nodiscard]] std::string latest() const;
  /// The table has gone: writes what was kept, the oldest first, the last hundred lines. Later
  /// lines are written as they come.
  void release();

 private:
  struct Line {
    LogLevel level;
    std::string message;
  };

  Log& log_;
  mutable std::mutex mutex_;  ///< guards what is below
  Stderr where_;
  std::deque<Line> kept_;
  std::string latest_;
};

}  // namespace btcw::cli
