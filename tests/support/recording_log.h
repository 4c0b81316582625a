#pragma once

#include <algorithm>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/log.h"

namespace btcw::test {

/// Keeps every line: "message key=value key=value". Thread-safe.
class RecordingLog final : public Log {
 public:
  struct Line {
    LogLevel level;
    std::string text;
  };

  void write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) override {
    std::string text{message};
    for (const LogField& field : fields) {
      text.append(" ").append(field.key).append("=").append(field.value);
    }
    const std::lock_guard lock{mutex_};
    lines_.push_back({level, std::move(text)});
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
  /// Whether any line holds `part`.
  [[nodiscard]] bool mentions(std::string_view part) const {
    const auto all = lines();
    return std::any_of(all.begin(), all.end(), [part](const Line& line) {
      return line.text.find(part) != std::string::npos;
    });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

}  // namespace btcw::test
