#include "btcw/agenda/run_record.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <vector>

namespace btcw {
namespace {

constexpr std::string_view kHeader = "btcw schedules 1";
constexpr std::size_t kNumbers = 9;
// The number that stands for a time that never was.
constexpr std::int64_t kNever = -1;

std::int64_t number_of(const std::optional<UtcTime>& time) {
  return time ? to_unix_ms(*time) : kNever;
}

std::optional<UtcTime> time_of(std::int64_t number) {
  return number == kNever ? std::nullopt : std::optional{from_unix_ms(number)};
}

// The part of `text` up to `end`, which is taken off.
std::string_view cut(std::string_view& text, char end) {
  const std::size_t length = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return part;
}

std::optional<std::int64_t> read_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<RunRecord> read_record(std::string_view line) {
  std::array<std::int64_t, kNumbers> numbers{};
  for (std::int64_t& each : numbers) {
    const auto number = read_number(cut(line, '\t'));
    if (!number || *number < kNever) return std::nullopt;
    each = *number;
  }
  const auto count = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
  return RunRecord{.timetable = std::string{line},
                   .settled_until = from_unix_ms(numbers[0]),
                   .last_start = time_of(numbers[1]),
                   .last_success = time_of(numbers[2]),
                   .last_took = milliseconds{numbers[3]},
                   .last_exit_code = static_cast<int>(numbers[4]),
                   .runs = count(numbers[5]),
                   .failures = count(numbers[6]),
                   .missed = count(numbers[7]),
                   .skipped = count(numbers[8])};
}

}  // namespace

std::string to_text(const RunRecords& records) {
  std::string text{kHeader};
  text += '\n';
  for (const auto& [name, record] : records) {
    fmt::format_to(std::back_inserter(text), "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", name,
                   to_unix_ms(record.settled_until), number_of(record.last_start),
                   number_of(record.last_success), record.last_took.count(), record.last_exit_code,
                   record.runs, record.failures, record.missed, record.skipped, record.timetable);
  }
  return text;
}

Result<RunRecords> read_run_records(std::string_view text) {
  const auto broken = [](std::size_t line) {
    return Error{Errc::bad_data, fmt::format("line {} is no record of a schedule", line)};
  };
  std::size_t number = 1;
  if (cut(text, '\n') != kHeader) return broken(number);
  RunRecords records;
  while (!text.empty()) {
    ++number;
    std::string_view line = cut(text, '\n');
    const std::string_view name = cut(line, '\t');
    auto record = read_record(line);
    if (!record || name.empty()) return broken(number);
    records.insert_or_assign(std::string{name}, *std::move(record));
  }
  return records;
}

}  // namespace btcw
