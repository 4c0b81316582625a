// A command of the user's own: the message as JSON on stdin, its parts in the environment.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "btcw/base/notification_json.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_outcome.h"
#include "btcw/notify/text/clean_text.h"
#include "btcw/process/command_words.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "command",
                  .help = "the program and its arguments, in words; there is no shell",
                  .required = true},
};
constexpr std::array<std::string_view, 1> kSchemes{"exec"};
constexpr std::string_view kSpelling = "exec:///path/of/program";

// sysexits.h: EX_TEMPFAIL.
constexpr int kTemporaryFailure = 75;
constexpr std::size_t kMaxOutputBytes = 4096;
// The system takes at most 128 KiB in one variable; all of the text is on stdin.
constexpr std::size_t kMaxVariableBytes = std::size_t{96} * 1024;

std::string for_variable(std::string_view text) {
  std::string value{text.substr(0, kMaxVariableBytes)};
  std::erase(value, '\0');
  return value;
}

std::string joined(const std::vector<std::string>& list) {
  return fmt::format("{}", fmt::join(list, ","));
}

std::string last_line(std::string_view output) {
  const std::size_t end = output.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  output = output.substr(0, end + 1);
  return clean_line(output.substr(output.rfind('\n') + 1));
}

Delivery judge(const CommandOutcome& outcome) {
  std::string detail;
  switch (outcome.end) {
    case CommandEnd::timed_out:
      return {.result = DeliveryResult::ambiguous,
              .detail = "the command was ended: its time was up"};
    case CommandEnd::signalled:
      // Whatever it was to do may have been done.
      return {.result = DeliveryResult::ambiguous,
              .detail = fmt::format("the command was ended by signal {}", outcome.exit_code - 128)};
    case CommandEnd::exited:
      if (outcome.exit_code == 0) return {};
      detail = fmt::format("the command ended with {}", outcome.exit_code);
      break;
  }
  if (const std::string says = last_line(outcome.output); !says.empty()) detail += ": " + says;
  return outcome.exit_code == kTemporaryFailure ? transient_failure(detail)
                                                : permanent_failure(detail);
}

class ExecChannel final : public Channel {
 public:
  ExecChannel(std::string name, std::vector<std::string> words, CommandRunner& commands)
      : name_{std::move(name)}, words_{std::move(words)}, commands_{commands} {}

  void deliver(const Notification& notification, milliseconds timeout, DeliveryDone done) override {
    CommandRun run{.words = words_,
                   .variables = variables_of(notification),
                   .input = notification_json(notification) + "\n",
                   .timeout = timeout,
                   .max_output_bytes = kMaxOutputBytes};
    commands_.start(std::move(run), [done =
                                         std::move(done)](const Result<CommandOutcome>& outcome) {
      // A command that was not started has done nothing.
      done(outcome ? judge(*outcome) : delivery_of_error(outcome.error(), HttpProgress::not_sent));
    });
  }

  std::string preview(const Notification& notification) override {
    std::string out = "run " + join_command(words_) + "\n";
    for (const auto& [name, value] : variables_of(notification)) {
      out += name + "=" + clean_line(value) + "\n";
    }
    return out + "\n" + notification_json(notification) + "\n";
  }

 private:
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> variables_of(
      const Notification& notification) const {
    return {{"BTCW_ID", for_variable(notification.id)},
            {"BTCW_TITLE", for_variable(notification.title)},
            {"BTCW_TEXT", for_variable(notification.body)},
            {"BTCW_PRIORITY", std::string{to_string(notification.priority)}},
            {"BTCW_TAGS", for_variable(joined(notification.tags))},
            {"BTCW_CREATED", to_rfc3339(notification.created)},
            {"BTCW_CHANNEL", for_variable(name_)},
            {"BTCW_ATTACHMENTS", for_variable(joined(notification.attachments))},
            {"BTCW_MAYBE_DUPLICATE", notification.maybe_duplicate ? "1" : ""}};
  }

  std::string name_;
  std::vector<std::string> words_;
  CommandRunner& commands_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("exec", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  auto words = split_command(ChannelValues{kOptions, settings}.text("command"));
  if (!words) return std::move(words).error().within("exec");
  return std::make_unique<ExecChannel>(std::move(settings.name), *std::move(words), ports.commands);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (!url.host.empty() || url.path.empty()) return wrong_channel_url(kSpelling);
  const std::vector<std::string> words{fmt::format("/{}", fmt::join(url.path, "/"))};
  put_setting(*settings, kOptions, "command", join_command(words));
  return settings;
}

}  // namespace

ChannelKind exec_channel() {
  return {"exec", ChannelReach::local, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
