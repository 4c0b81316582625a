#include "stderr_log.h"

#include <algorithm>
#include <cstddef>

#include "btcw/base/time.h"
#include "printable.h"

namespace btcw::cli {
namespace {

constexpr std::size_t kShortestMasked = 4;
constexpr std::string_view kMask = "********";

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

std::string_view color_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "\x1b[2m";
    case LogLevel::info:
      return "\x1b[36m";
    case LogLevel::warning:
      return "\x1b[33m";
    case LogLevel::error:
      return "\x1b[31m";
  }
  return "";
}

/// A value that a reader could not tell from its neighbours is quoted.
bool needs_quotes(std::string_view value) {
  return value.empty() || value.find_first_of(" \t\n\"=") != std::string_view::npos;
}

}  // namespace

void StderrLog::configure(LogOptions options) {
  const std::lock_guard lock{mutex_};
  options_ = options;
}

void StderrLog::mask(const Secret& secret) {
  if (secret.reveal().size() < kShortestMasked) return;
  const std::lock_guard lock{mutex_};
  secrets_.push_back(secret.clone());
}

bool StderrLog::wants(LogLevel level) const {
  const std::lock_guard lock{mutex_};
  return level >= options_.level;
}

void StderrLog::write(LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields) {
  const std::lock_guard lock{mutex_};
  if (level < options_.level) return;
  std::string line = options_.format == LogFormat::json ? json_line(level, message, fields)
                                                        : text_line(level, message, fields);
  line += '\n';
  // In one write, so that lines of several processes on one terminal do not mix. When stderr is
  // gone there is nobody to tell.
  std::fwrite(line.data(), 1, line.size(), out_);
  std::fflush(out_);
}

std::string StderrLog::text_line(LogLevel level, std::string_view message,
                                 std::initializer_list<LogField> fields) const {
  std::string line;
  if (options_.color) line += color_of(level);
  line += "btcw:";
  if (level != LogLevel::error) line.append(" ").append(name_of(level)).append(":");
  if (options_.color) line += "\x1b[0m";
  line.append(" ").append(printable(masked(message)));
  for (const LogField& field : fields) {
    line.append(" ").append(printable(field.key)).append("=");
    const std::string value = masked(field.value);
    if (needs_quotes(value)) {
      append_json_string(value, line);
    } else {
      line += printable(value);
    }
  }
  return line;
}

std::string StderrLog::json_line(LogLevel level, std::string_view message,
                                 std::initializer_list<LogField> fields) const {
  std::string line = "{\"time\":";
  append_json_string(to_rfc3339(clock_.now()), line);
  line += ",\"level\":";
  append_json_string(name_of(level), line);
  line += ",\"msg\":";
  append_json_string(masked(message), line);
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(field.key, line);
    line += ':';
    append_json_string(masked(field.value), line);
  }
  line += '}';
  return line;
}

std::string StderrLog::masked(std::string_view text) const {
  std::string out{text};
  for (const Secret& secret : secrets_) {
    const std::string_view hidden = secret.reveal();
    for (std::size_t at = out.find(hidden); at != std::string::npos;
         at = out.find(hidden, at + kMask.size())) {
      out.replace(at, hidden.size(), kMask);
    }
  }
  return out;
}

}  // namespace btcw::cli
