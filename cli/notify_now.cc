#include "notify_now.h"

#include <fmt/format.h>

#include <utility>

#include "btcw/drain/drainer.h"
#include "btcw/queue/memory_queue.h"
#include "delivery_stage.h"
#include "message_preview.h"

namespace btcw::cli {
namespace {

using End = MessageFate::End;

struct Tally {
  std::size_t delivered = 0;
  std::size_t postponed = 0;
  std::size_t failed = 0;
};

ExitCode exit_code_for(const Tally& tally) {
  if (tally.failed + tally.postponed == 0) return ExitCode::ok;
  if (tally.delivered > 0) return ExitCode::partial;
  return tally.failed > 0 ? ExitCode::failed : ExitCode::temporary;
}

}  // namespace

ExitCode deliver_now(std::span<const Queue::NewMessage> messages, AdHocChannels adhoc,
                     Config config, Session& session) {
  DeliveryStage stage{std::move(adhoc), std::move(config), session};
  const auto queue = make_memory_queue();
  if (const auto added = queue->add(messages); !added) return fail(added.error(), session);
  Drainer drainer{stage.ports(*queue)};
  const auto summary = drainer.run({.max_attempts = 2});
  if (!summary) return fail(summary.error(), session);
  Tally tally;
  for (const MessageFate& fate : queue->fates()) {
    switch (fate.end) {
      case End::delivered:
        ++tally.delivered;
        fmt::print(session.out, "{}\n", fate.id);
        break;
      case End::dead:
        ++tally.failed;
        break;
      case End::postponed:
      case End::waiting:
        ++tally.postponed;
        session.log.error(fate.id + ": not delivered now" +
                          (fate.end == End::postponed
                               ? ", it could be tried again at " + to_rfc3339(fate.due)
                               : std::string{}));
        break;
    }
  }
  return exit_code_for(tally);
}

ExitCode preview(std::span<const Queue::NewMessage> messages, AdHocChannels adhoc, Config config,
                 Session& session) {
  DeliveryStage stage{std::move(adhoc), std::move(config), session};
  ExitCode code = ExitCode::ok;
  for (const Queue::NewMessage& message : messages) {
    const std::string when = "due " + to_rfc3339(message.due);
    const ExitCode shown = preview_message(message.message, when, stage, session);
    if (shown != ExitCode::ok) code = shown;
  }
  return code;
}

}  // namespace btcw::cli
