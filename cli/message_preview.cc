#include "message_preview.h"

#include <fmt/format.h>

#include <string>

#include "btcw/drain/routing.h"

namespace btcw::cli {

ExitCode preview_message(const Notification& message, std::string_view when, DeliveryStage& stage,
                         Session& session) {
  const RoutePlan plan = plan_routes(message, stage.channels().routes());
  ExitCode code = ExitCode::ok;
  const auto refuse = [&](const std::string& why) {
    session.log.error(message.id + ": " + why);
    code = ExitCode::failed;
  };
  for (const std::string& name : plan.unknown) {
    refuse("no channel '" + name + "' is configured");
  }
  if (plan.channels.empty() && plan.unknown.empty()) refuse("no channel takes it");
  for (const std::string& name : plan.channels) {
    fmt::print(session.out, "{} -> {}, {}\n", message.id, name, when);
    if (const auto channel = stage.channels().open(name); !channel) {
      refuse(channel.error().message);
    } else {
      fmt::print(session.out, "{}\n", (*channel)->preview(message));
    }
  }
  return code;
}

}  // namespace btcw::cli
