#include "alert_listing.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "btcw/base/notification_json.h"
#include "btcw/rules/explain.h"

namespace btcw::cli {
namespace {

struct Standing {
  std::string_view state;
  std::string why_unknown = {};
};

Standing standing_of(const RuleDesk::View& view) {
  const rules::Rule& rule = view.alert.rule;
  if (rule.expires && view.reading.now >= *rule.expires) return {"expired"};
  if (view.reading.ticker == nullptr) return {"unknown", "no price is known"};
  if (view.state.active) return {"active"};
  switch (evaluate(rule, view.state, view.reading).truth) {
    case rules::Truth::yes:
      return {"holds"};
    case rules::Truth::no:
      return {"idle"};
    case rules::Truth::unknown:
      break;
  }
  return {"unknown", why_unknown(explain(rule, view.state, view.reading))};
}

std::string quoted_json(std::string_view text) {
  std::string out{'"'};
  append_json_escaped(out, text);
  return out += '"';
}

std::string time_or_null(const std::optional<UtcTime>& time) {
  return time ? '"' + to_rfc3339(*time) + '"' : "null";
}

std::string entry_of(const RuleDesk::View& view) {
  const Standing standing = standing_of(view);
  return fmt::format(
      R"({{"name":{},"symbol":"{}","state":"{}","since":{},"fired":{},"last_fired":{},)"
      R"("unknown":{}}})",
      quoted_json(view.alert.name), view.about.to_string(), standing.state,
      time_or_null(view.state.since), view.state.fired, time_or_null(view.state.fired_at),
      standing.why_unknown.empty() ? "null" : quoted_json(standing.why_unknown));
}

std::string entry_without_symbol(const Alert& alert) {
  return fmt::format(
      R"({{"name":{},"symbol":null,"state":"unknown","since":null,"fired":0,"last_fired":null,)"
      R"("unknown":"no symbol that it is about is known yet"}})",
      quoted_json(alert.name));
}

}  // namespace

std::string list_alerts(const RuleDesk& desk, UtcTime now) {
  std::string list = "[";
  std::size_t count = 0;
  const auto add = [&](const std::string& entry) {
    if (count++ > 0) list += ',';
    list += entry;
  };
  for (const Alert& alert : desk.alerts()) {
    if (count >= kMostAlerts) break;
    const std::size_t before = count;
    desk.view(alert.name, now, [&](const RuleDesk::View& view) {
      if (count < kMostAlerts) add(entry_of(view));
    });
    if (count == before) add(entry_without_symbol(alert));
  }
  return list += ']';
}

}  // namespace btcw::cli
