#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/log.h"

namespace btcw::test {

/// Remembers every line: "message key=value key=value".
class RecordingLog final : public Log {
 public:
  struct Line {
    LogLevel level;
    std::string text;
  };

  void write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) override {
    Line line{level, std::string{message}};
    for (const LogField& field : fields) {
      line.text.append(" ").append(field.key).append("=").append(field.value);
    }
    const std::lock_guard guard{mutex_};
    lines_.push_back(std::move(line));
  }
  [[nodiscard]] bool wants(LogLevel) const override { return true; }

  [[nodiscard]] std::vector<Line> lines() const {
    const std::lock_guard guard{mutex_};
    return lines_;
  }
  /// How many lines of that level hold `part`.
  [[nodiscard]] std::size_t count(LogLevel level, std::string_view part = {}) const {
    const std::lock_guard guard{mutex_};
    return static_cast<std::size_t>(
        std::count_if(lines_.begin(), lines_.end(), [&](const Line& line) {
          return line.level == level && line.text.find(part) != std::string::npos;
        }));
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

}  // namespace btcw::test
