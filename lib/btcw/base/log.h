#pragma once

#include <initializer_list>
#include <string_view>

namespace btcw {

enum class LogLevel { debug, info, warning, error };

/// One named detail of a log line: {"exchange", "kraken"}.
struct LogField {
  std::string_view key;
  std::string_view value;
};

/// Where the library tells what happened. The library never prints.
///
/// Implementations are thread-safe and mask the secrets they were told of.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view message,
                     std::initializer_list<LogField> fields) = 0;
  /// Whether a line of that level goes anywhere: ask before building a costly one.
  [[nodiscard]] virtual bool wants(LogLevel level) const = 0;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, message, fields);
  }
  void warning(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warning, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, message, fields);
  }
};

}  // namespace btcw
