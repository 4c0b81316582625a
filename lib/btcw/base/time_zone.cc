#include "btcw/base/time_zone.h"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "btcw/base/quoted.h"

namespace btcw {
namespace {

using std::chrono::floor;
using std::chrono::minutes;

constexpr std::size_t kMostNameBytes = 64;

absl::Time to_absl(UtcTime time) { return absl::FromUnixMillis(to_unix_ms(time)); }
UtcTime from_absl(absl::Time time) { return from_unix_ms(absl::ToUnixMillis(time)); }

/// Whether it could be a name of the database. Anything else would be taken for a path, or for a
/// word that only the library knows.
bool is_name(std::string_view name) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
  return !name.empty() && name.size() <= kMostNameBytes && name.front() != '/' &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

bool has_database() {
  const char* const folder = std::getenv("TZDIR");
  std::error_code error;
  return std::filesystem::exists(folder == nullptr ? "/usr/share/zoneinfo" : folder, error);
}

}  // namespace

class TimeZone::Rules {
 public:
  Rules(std::string_view name, absl::TimeZone rules) : name_{name}, rules_{rules} {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const absl::TimeZone& operator*() const { return rules_; }

 private:
  std::string name_;
  absl::TimeZone rules_;
};

TimeZone TimeZone::utc() {
  return TimeZone{std::make_shared<const Rules>("UTC", absl::UTCTimeZone())};
}

Result<TimeZone> TimeZone::find(std::string_view name) {
  if (name == "UTC") return utc();
  if (name == "local") {
    return TimeZone{std::make_shared<const Rules>(name, absl::LocalTimeZone())};
  }
  absl::TimeZone rules;
  if (is_name(name) && absl::LoadTimeZone({name.data(), name.size()}, &rules)) {
    return TimeZone{std::make_shared<const Rules>(name, rules)};
  }
  if (!has_database()) {
    return Error{Errc::unavailable,
                 "time zone " + quoted(name) + ": the system has no time zones (package tzdata)"};
  }
  return Error{Errc::invalid_input, "not a time zone: " + quoted(name) +
                                        ", expected a name such as Europe/Berlin, UTC, or local"};
}

const std::string& TimeZone::name() const { return rules_->name(); }

seconds TimeZone::offset(UtcTime time) const {
  return seconds{(**rules_).At(to_absl(time)).offset};
}

CivilTime TimeZone::civil(UtcTime time) const {
  return CivilTime{(time + offset(time)).time_since_epoch()};
}

UtcTime TimeZone::first_at_or_after(CivilTime civil) const {
  const auto whole = floor<seconds>(civil);
  const auto info = (**rules_).At(absl::CivilSecond(1970) + whole.time_since_epoch().count());
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return from_absl(info.trans);
  return from_absl(info.pre) + (civil - whole);
}

std::optional<UtcTime> TimeZone::next_change(UtcTime time) const {
  absl::TimeZone::CivilTransition change;
  if (!(**rules_).NextTransition(to_absl(time), &change)) return std::nullopt;
  return from_absl((**rules_).At(change.to).trans);
}

std::string TimeZone::to_rfc3339(UtcTime time) const {
  const seconds ahead = offset(time);
  std::string text = btcw::to_rfc3339(time + ahead);
  text.pop_back();  // the Z
  const auto size = std::chrono::duration_cast<minutes>(std::chrono::abs(ahead)).count();
  return text + fmt::format("{}{:02}:{:02}", ahead < seconds{0} ? '-' : '+', size / 60, size % 60);
}

}  // namespace btcw
