#include "btcw/queue/queue_name.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace btcw {
namespace {

constexpr std::string_view kSuffix = ".json";
constexpr std::size_t kDueSize = 16;       // 20261122T100000Z
constexpr std::size_t kSequenceSize = 16;  // hexadecimal
constexpr std::size_t kMaxId = 64;

bool is_id_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_';
}

/// The number that `text` is, all of it digits of that base.
template <typename Number>
std::optional<Number> number(std::string_view text, int base = 10) {
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || text.front() == '-' || failure != std::errc{} ||
      end != text.data() + text.size())
    return {};
  return value;
}

std::optional<UtcTime> parse_due(std::string_view text) {
  if (text.size() != kDueSize || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto year = number<int>(text.substr(0, 4));
  const auto month = number<unsigned>(text.substr(4, 2));
  const auto day = number<unsigned>(text.substr(6, 2));
  const auto hour = number<int>(text.substr(9, 2));
  const auto minute = number<int>(text.substr(11, 2));
  const auto second = number<int>(text.substr(13, 2));
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{*month},
                                         std::chrono::day{*day}};
  if (!date.ok() || *year < 1970 || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         seconds{*second};
}

std::optional<Priority> parse_rank(char digit) {
  switch (digit) {
    case '0':
      return Priority::urgent;
    case '1':
      return Priority::normal;
    case '2':
      return Priority::low;
    default:
      return std::nullopt;
  }
}

char rank(Priority priority) {
  switch (priority) {
    case Priority::urgent:
      return '0';
    case Priority::normal:
      return '1';
    case Priority::low:
      return '2';
  }
  return '1';
}

/// What stands behind the id: "a00", "d03", "a01.5.9c3e", "a01.5.9c3e.2".
struct Tail {
  bool maybe_duplicate;
  int attempts;
  DeliveryProgress progress;
};

/// ".DELIVERED.PLAN" or ".DELIVERED.PLAN.REFUSED".
std::optional<DeliveryProgress> parse_progress(std::string_view text) {
  const auto dot = text.find('.', 1);
  if (text[0] != '.' || dot == std::string_view::npos) return std::nullopt;
  const auto delivered = number<std::uint32_t>(text.substr(1, dot - 1), 16);
  text.remove_prefix(dot + 1);
  const auto end = text.find('.');
  const auto plan = number<std::uint16_t>(text.substr(0, end), 16);
  const auto refused = end == std::string_view::npos
                           ? std::optional<std::uint32_t>{0}
                           : number<std::uint32_t>(text.substr(end + 1), 16);
  if (!delivered || !plan || !refused) return std::nullopt;
  if (*delivered == 0 && *refused == 0) return DeliveryProgress{};
  return DeliveryProgress{.delivered = *delivered, .plan = *plan, .refused = *refused};
}

std::string text_of(const DeliveryProgress& progress) {
  if (progress.delivered == 0 && progress.refused == 0) return {};
  const std::string text = fmt::format(".{:x}.{:04x}", progress.delivered, progress.plan);
  return progress.refused == 0 ? text : fmt::format("{}.{:x}", text, progress.refused);
}

std::optional<Tail> parse_tail(std::string_view text) {
  constexpr std::size_t kAttemptsEnd = 3;
  if (text.size() < kAttemptsEnd || (text[0] != 'a' && text[0] != 'd')) return std::nullopt;
  const auto attempts = number<int>(text.substr(1, 2));
  if (!attempts) return std::nullopt;
  Tail tail{.maybe_duplicate = text[0] == 'd', .attempts = *attempts, .progress = {}};
  text.remove_prefix(kAttemptsEnd);
  if (text.empty()) return tail;
  const auto progress = parse_progress(text);
  if (!progress) return std::nullopt;
  tail.progress = *progress;
  return tail;
}

/// FNV-1a, for telling names apart; no secret depends on it.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325U;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return value;
}

}  // namespace

std::string QueueName::to_string() const {
  const auto whole = std::chrono::floor<seconds>(due);
  const auto date = std::chrono::floor<std::chrono::days>(whole);
  const std::chrono::year_month_day ymd{date};
  const std::chrono::hh_mm_ss time{whole - date};
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z-{}-{:016x}-{}-{}{:02}{}.json",
                     static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                     static_cast<unsigned>(ymd.day()), time.hours().count(), time.minutes().count(),
                     time.seconds().count(), rank(priority), sequence, id,
                     maybe_duplicate ? 'd' : 'a', std::min(attempts, 99), text_of(progress));
}

std::optional<QueueName> QueueName::parse(std::string_view name) {
  // due '-' rank '-' sequence '-' id '-' tail ".json"
  constexpr std::size_t kIdAt = kDueSize + 1 + 1 + 1 + kSequenceSize + 1;
  if (!name.ends_with(kSuffix)) return std::nullopt;
  name.remove_suffix(kSuffix.size());
  const auto id_end = name.rfind('-');
  if (id_end == std::string_view::npos || id_end <= kIdAt) return std::nullopt;
  if (name[kDueSize] != '-' || name[kDueSize + 2] != '-' || name[kIdAt - 1] != '-') {
    return std::nullopt;
  }
  const auto tail = parse_tail(name.substr(id_end + 1));
  const auto due = parse_due(name.substr(0, kDueSize));
  const auto priority = parse_rank(name[kDueSize + 1]);
  const auto sequence = number<std::uint64_t>(name.substr(kDueSize + 3, kSequenceSize), 16);
  const auto id = name.substr(kIdAt, id_end - kIdAt);
  if (!due || !priority || !sequence || !tail || !is_message_id(id)) return std::nullopt;
  return QueueName{*due,           *priority,     *sequence, std::string{id}, tail->maybe_duplicate,
                   tail->attempts, tail->progress};
}

UtcTime whole_second(UtcTime due, UtcTime now) {
  constexpr UtcTime kLast = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - seconds{1};
  if (due >= kLast) return kLast;
  if (due <= UtcTime{}) return UtcTime{};
  return due > now ? std::chrono::ceil<seconds>(due) : std::chrono::floor<seconds>(due);
}

bool is_message_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxId && std::all_of(id.begin(), id.end(), is_id_character);
}

std::string message_id_from(std::string_view file_name) {
  auto stem = file_name;
  if (stem.ends_with(kSuffix)) stem.remove_suffix(kSuffix.size());
  if (is_message_id(stem)) return std::string{stem};
  std::string id;
  for (const char c : stem.substr(0, 40)) {
    if (is_id_character(c)) id.push_back(c);
  }
  return fmt::format("{}{}{:016x}", id, id.empty() ? "" : "-", hash(file_name));
}

}  // namespace btcw
