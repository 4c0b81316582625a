#include "render/screen_log.h"

namespace btcw::cli {
namespace {

constexpr std::size_t kMostKept = 100;

}  // namespace

void ScreenLog::write(LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields) {
  if (!log_.wants(level)) return;
  const std::lock_guard lock{mutex_};
  latest_ = message;
  if (where_ == Stderr::elsewhere) {
    log_.write(level, message, fields);
    return;
  }
  std::string line{message};
  for (const LogField& field : fields) {
    line.append(" ").append(field.key).append("=").append(field.value);
  }
  kept_.push_back({level, std::move(line)});
  if (kept_.size() > kMostKept) kept_.pop_front();
}

std::string ScreenLog::latest() const {
  const std::lock_guard lock{mutex_};
  return latest_;
}

void ScreenLog::release() {
  const std::lock_guard lock{mutex_};
  for (const Line& line : kept_) log_.write(line.level, line.message, {});
  kept_.clear();
  where_ = Stderr::elsewhere;
}

}  // namespace btcw::cli
