#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/base/log.h"

namespace btcw::test {

/// Keeps every line. Thread-safe.
class RecordingLog final : public Log {
 public:
  struct Line {
    LogLevel level;
    std::string message;
    std::vector<std::pair<std::string, std::string>> fields;

    /// "message key=value key=value"
    [[nodiscard]] std::string text() const {
      std::string text = message;
      for (const auto& [key, value] : fields)
        text.append(" ").append(key).append("=").append(value);
      return text;
    }
  };

  void write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) override {
    Line line{.level = level, .message = std::string{message}, .fields = {}};
    for (const LogField& field : fields) line.fields.emplace_back(field.key, field.value);
    const std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
  }
  [[nodiscard]] bool wants(LogLevel) const override { return true; }

  [[nodiscard]] std::vector<Line> lines() const {
    const std::lock_guard lock{mutex_};
    return lines_;
  }
  /// How many lines hold `part` in their text().
  [[nodiscard]] std::size_t count(std::string_view part) const {
    const auto all = lines();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const Line& line) {
      return line.text().find(part) != std::string::npos;
    }));
  }
  [[nodiscard]] bool contains(std::string_view part) const { return count(part) > 0; }
  void clear() {
    const std::lock_guard lock{mutex_};
    lines_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

}  // namespace btcw::test
