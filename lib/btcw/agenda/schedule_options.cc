#include "btcw/agenda/schedule_options.h"

#include <algorithm>
#include <cstdint>

#include "btcw/base/quoted.h"

namespace btcw {
namespace {

// FNV-1a: the same on every machine and in every version.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

}  // namespace

Result<schedule::Timetable> timetable_of(const ScheduleOptions& options) {
  if (!options.cron.empty()) return schedule::parse_timetable(options.cron, options.timezone);
  auto every = schedule::Every::parse(to_string(options.every));
  if (!every) return std::move(every).error();
  return schedule::Timetable{*every};
}

milliseconds jitter_of(const ScheduleOptions& options) {
  if (options.jitter <= milliseconds{0}) return milliseconds{0};
  const auto steps = static_cast<std::uint64_t>(options.jitter.count()) + 1;
  return milliseconds{static_cast<std::int64_t>(hash_of(options.name) % steps)};
}

ScheduleFault find_fault(const ScheduleOptions& options) {
  const bool has_every = options.every > milliseconds{0};
  if (options.cron.empty() && !has_every) return {"name", "neither cron nor every is set"};
  if (!options.cron.empty() && has_every) return {"every", "cron and every at once"};
  if (has_every && !options.timezone.empty()) {
    return {"timezone", "an interval has no time zone: timezone goes with cron"};
  }
  const auto timetable = timetable_of(options);
  if (!timetable) return {options.cron.empty() ? "every" : "cron", timetable.error().message};
  const auto* const every = std::get_if<schedule::Every>(&*timetable);
  if (every != nullptr && options.jitter > every->interval()) {
    return {"jitter", "longer than the interval"};
  }
  if (options.action == ScheduleAction::exec && options.command.empty()) {
    return {"action", "exec needs command = [\"program\", \"argument\"]"};
  }
  if (options.action != ScheduleAction::exec && !options.command.empty()) {
    return {"command", "goes with action = \"exec\" only"};
  }
  return {};
}

Result<std::string> read_agenda_name(std::string_view text) {
  constexpr std::size_t kMaxName = 64;
  const bool right = !text.empty() && text.size() <= kMaxName &&
                     std::all_of(text.begin(), text.end(), is_name_character);
  if (right) return std::string{text};
  return Error{Errc::invalid_input,
               "expected a name of a-z, A-Z, 0-9, '-', '_' and '.', at most 64 characters, found " +
                   btcw::quoted(text)};
}

}  // namespace btcw
