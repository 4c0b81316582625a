#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/notify/channel.h"
#include "support/fake_clock.h"
#include "support/scripted_http.h"

namespace btcw::test {

/// HMAC-SHA256, as ChannelPorts want it.
std::string test_hmac_sha256(std::string_view key, std::string_view data);

/// Runs nothing; `done` of a start() is never called.
class NoCommands final : public CommandRunner {
 public:
  void start(CommandRun, CommandDone) override {}
  std::size_t poll() override { return 0; }
  void end_all() override {}
  void add_wake_fds(std::vector<int>&) const override {}
  [[nodiscard]] SteadyTime next_deadline() const override { return SteadyTime::max(); }
};

/// The ports of a channel on a scripted network.
struct ScriptedPorts {
  FakeClock clock;
  ScriptedHttp http{clock};
  NoCommands commands;

  [[nodiscard]] ChannelPorts ports();
};

/// A section of that kind: each value goes to the values or the secrets, as its option says.
/// Precondition: the kind exists. A key that it does not know is a plain value.
ChannelSettings settings_for(std::string_view type,
                             const std::vector<std::pair<std::string, std::string>>& values);

/// A channel of that kind. Precondition: the kind exists.
Result<std::unique_ptr<Channel>> make_channel(
    std::string_view type, const std::vector<std::pair<std::string, std::string>>& values,
    ChannelPorts ports);

/// Values for all required options of that kind, and one of its ways to sign in, with the
/// service at `base_url`. Every secret in them holds "s3cret".
std::vector<std::pair<std::string, std::string>> sample_values(std::string_view type,
                                                               const std::string& base_url);

/// One attempt, waited for.
Delivery deliver(Channel& channel, HttpTransport& http, const Notification& notification,
                 milliseconds timeout = seconds{10});

}  // namespace btcw::test
