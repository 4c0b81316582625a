#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/log.h"

namespace btcw::test {

/// Keeps every line as "message key=value key=value". Thread-safe.
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
    const std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
  }
  [[nodiscard]] bool wants(LogLevel) const override { return true; }

  [[nodiscard]] std::vector<Line> lines() const {
    const std::lock_guard lock{mutex_};
    return lines_;
  }
  [[nodiscard]] std::vector<std::string> texts(LogLevel level) const {
    std::vector<std::string> texts;
    for (const Line& line : lines()) {
      if (line.level == level) texts.push_back(line.text);
    }
    return texts;
  }
  /// How many lines hold `part`.
  [[nodiscard]] std::size_t count(std::string_view part) const {
    const auto all = lines();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [part](const Line& line) {
      return line.text.find(part) != std::string::npos;
    }));
  }
  /// How many lines of that level hold `part`.
  [[nodiscard]] std::size_t count(LogLevel level, std::string_view part = {}) const {
    const auto all = lines();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const Line& line) {
      return line.level == level && line.text.find(part) != std::string::npos;
    }));
  }
  /// Whether any line holds `part`.
  [[nodiscard]] bool mentions(std::string_view part) const { return count(part) > 0; }
  void clear() {
    const std::lock_guard lock{mutex_};
    lines_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

}  // namespace btcw::test
