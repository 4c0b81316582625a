// The desktop's own notifications, through notify-send (libnotify).
#include <array>
#include <utility>

#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_outcome.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/text/escape.h"
#include "btcw/notify/text/split_text.h"
#include "btcw/process/command_words.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "program", .help = "what shows the message", .fallback = "notify-send"},
    ChannelOption{.key = "bus",
                  .help = "address of the session bus where the environment has none, as under "
                          "cron: unix:path=/run/user/1000/bus"},
};
constexpr std::array<std::string_view, 2> kSchemes{"desktop", "dbus"};

// More than any desktop shows.
constexpr std::size_t kMaxTitle = 200;
constexpr std::size_t kMaxBody = 2000;

std::string_view urgency_of(Priority priority) {
  switch (priority) {
    case Priority::urgent:
      return "critical";
    case Priority::normal:
      return "normal";
    case Priority::low:
      return "low";
  }
  return "normal";
}

Delivery judge(const CommandOutcome& outcome) {
  switch (outcome.end) {
    case CommandEnd::timed_out:
      return {.result = DeliveryResult::ambiguous, .detail = "the desktop does not answer"};
    case CommandEnd::signalled:
      return transient_failure("the program was ended by a signal");
    case CommandEnd::exited:
      break;
  }
  if (outcome.exit_code == 0) return {};
  // Mostly nobody is signed in to a desktop: that changes.
  return transient_failure("the desktop cannot be reached: " + outcome.output);
}

class DesktopChannel final : public Channel {
 public:
  DesktopChannel(std::string program, std::string bus, CommandRunner& commands)
      : program_{std::move(program)}, bus_{std::move(bus)}, commands_{commands} {}

  void deliver(const Notification& notification, milliseconds timeout, DeliveryDone done) override {
    constexpr std::size_t kMaxOutputBytes = 1024;
    CommandRun run{
        .words = words_for(notification), .timeout = timeout, .max_output_bytes = kMaxOutputBytes};
    if (!bus_.empty()) run.variables.emplace_back("DBUS_SESSION_BUS_ADDRESS", bus_);
    commands_.start(std::move(run), [done =
                                         std::move(done)](const Result<CommandOutcome>& outcome) {
      done(outcome ? judge(*outcome) : delivery_of_error(outcome.error(), HttpProgress::not_sent));
    });
  }

  std::string preview(const Notification& notification) override {
    return "run " + join_command(words_for(notification)) + "\n";
  }

 private:
  [[nodiscard]] std::vector<std::string> words_for(const Notification& notification) const {
    const MessageText text = marked_message_text(notification);
    std::string title = truncate_text(text.title, kMaxTitle, cost_in_characters);
    if (title.empty()) title = "btcw";
    // The body is markup; & < > are all that needs to be escaped in it.
    std::string body = escape_slack(truncate_text(text.body, kMaxBody, cost_in_characters));
    return {
        program_, "--app-name=btcw", "--urgency=" + std::string{urgency_of(notification.priority)},
        "--",     std::move(title),  std::move(body)};
  }

  std::string program_;
  std::string bus_;
  CommandRunner& commands_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("desktop", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  if (values.text("program").empty()) {
    return Error{Errc::invalid_input, "desktop: 'program' is empty"};
  }
  return std::make_unique<DesktopChannel>(values.text("program"), values.text("bus"),
                                          ports.commands);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  if (!url.host.empty() || !url.path.empty()) return wrong_channel_url("desktop://");
  return settings_of_query(url, kOptions);
}

}  // namespace

ChannelKind desktop_channel() {
  return {"desktop", ChannelReach::local, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
