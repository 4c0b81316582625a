#pragma once

#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/secret.h"

namespace btcw::cli {

enum class LogFormat { text, json };

struct LogOptions {
  LogLevel level = LogLevel::warning;  ///< the least that is written
  LogFormat format = LogFormat::text;
  bool color = false;  ///< of the text format
};

/// The log of a command: one line an event.
///
/// text: "btcw: warning: message key=value"; an error, as in other tools, "btcw: message".
/// json: {"time":"2026-11-22T10:00:00.123Z","level":"warning","msg":"message","key":"value"}
/// Control characters never reach the terminal. What mask() was told stands as "********".
class StderrLog final : public Log {
 public:
  /// `out` is borrowed.
  StderrLog(std::FILE* out, const Clock& clock) : out_{out}, clock_{clock} {}

  void configure(LogOptions options);
  /// From now on the secret is masked in every line. One of less than four bytes is not: masking it
  /// would tell where it stands in ordinary words.
  void mask(const Secret& secret);

  using Log::error;
  void write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) override;
  [[nodiscard]] bool wants(LogLevel level) const override;

 private:
  [[nodiscard]] std::string text_line(LogLevel level, std::string_view message,
                                      std::initializer_list<LogField> fields) const;
  [[nodiscard]] std::string json_line(LogLevel level, std::string_view message,
                                      std::initializer_list<LogField> fields) const;
  [[nodiscard]] std::string masked(std::string_view text) const;

  std::FILE* out_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  LogOptions options_;
  std::vector<Secret> secrets_;
};

}  // namespace btcw::cli
