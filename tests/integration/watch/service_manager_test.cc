#include "btcw/watch/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>

#include "btcw/watch/polling_source.h"
#include "btcw/watch/runner.h"
#include "support/fake_clock.h"
#include "support/temp_folder.h"
#include "support/watch_fakes.h"

using btcw::Environment;
using btcw::milliseconds;
using btcw::seconds;
using btcw::ServiceManager;

namespace {

/// What systemd holds of the socket.
class NotifySocket {
 public:
  /// As in $NOTIFY_SOCKET: '@' for an abstract name.
  explicit NotifySocket(std::string address) : fd_{socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (address.front() == '@') address.front() = '\0';
    std::memcpy(name.sun_path, address.data(), address.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
    REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&name), size) == 0);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;
  ~NotifySocket() { close(fd_); }

  /// The next message; nullopt when there is none.
  std::optional<std::string> next() {
    std::array<char, 4096> bytes{};
    const ssize_t size = recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size < 0) return std::nullopt;
    return std::string{bytes.data(), static_cast<std::size_t>(size)};
  }
  std::vector<std::string> all() {
    std::vector<std::string> messages;
    while (auto message = next()) messages.push_back(*std::move(message));
    return messages;
  }

 private:
  int fd_;
};

Environment environment(std::map<std::string, std::string, std::less<>> variables) {
  return Environment{std::move(variables)};
}

}  // namespace

TEST_CASE("the service manager hears what it is told, at a path and at an abstract name") {
  const btcw::test::TempFolder folder;
  const std::string path = (folder / "notify").string();
  const std::string address =
      GENERATE_COPY(values<std::string>({path, "@btcw-test-" + std::to_string(getpid())}));
  CAPTURE(address);
  NotifySocket socket{address};
  const auto manager = ServiceManager::from(environment({{"NOTIFY_SOCKET", address}}));
  REQUIRE(manager);
  CHECK(manager->listens());

  manager->ready();
  manager->status("12 symbols\n1 fault");
  manager->alive();
  manager->reloading();
  manager->stopping();

  CHECK(socket.next() == "READY=1");
  CHECK(socket.next() == "STATUS=12 symbols 1 fault");
  CHECK(socket.next() == "WATCHDOG=1");
  CHECK(socket.next().value_or("").starts_with("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(socket.next() == "STOPPING=1");
  CHECK_FALSE(socket.next());
}

TEST_CASE("without a service manager everything is said into the air") {
  const auto manager = ServiceManager::from(environment({{"WATCHDOG_USEC", "1000000"}}));
  REQUIRE(manager);
  CHECK_FALSE(manager->listens());
  CHECK_FALSE(manager->alive_every());
  manager->ready();
  manager->status("x");
  manager->reloading();
}

TEST_CASE("a service manager that has gone away disturbs nobody") {
  const btcw::test::TempFolder folder;
  const std::string address = (folder / "notify").string();
  const auto manager = ServiceManager::from(environment({{"NOTIFY_SOCKET", address}}));
  REQUIRE(manager);
  manager->ready();
}

TEST_CASE("the watchdog is fed twice as often as it asks for") {
  struct Case {
    std::string usec;
    std::string pid;
    std::optional<milliseconds> every;
  };
  const auto row = GENERATE(values<Case>({
      {"30000000", "", seconds{15}},
      {"30000000", std::to_string(getpid()), seconds{15}},
      {"30000000", "1", std::nullopt},
      {"100", "", milliseconds{1}},
      {"0", "", std::nullopt},
      {"-5", "", std::nullopt},
      {"soon", "", std::nullopt},
      {"", "", std::nullopt},
  }));
  CAPTURE(row.usec, row.pid);
  std::map<std::string, std::string, std::less<>> variables{{"NOTIFY_SOCKET", "@nobody"},
                                                            {"WATCHDOG_USEC", row.usec}};
  if (!row.pid.empty()) variables["WATCHDOG_PID"] = row.pid;
  const auto manager = ServiceManager::from(environment(variables));
  REQUIRE(manager);
  CHECK(manager->alive_every() == row.every);
}

TEST_CASE("an address that is none is refused") {
  const std::string address = GENERATE(values<std::string>(
      {"relative/path", "vsock:2:1234", "/", "@", "/" + std::string(200, 'x')}));
  CAPTURE(address);
  const auto manager = ServiceManager::from(environment({{"NOTIFY_SOCKET", address}}));
  REQUIRE_FALSE(manager);
  CHECK(manager.error().code == btcw::Errc::invalid_input);
}

TEST_CASE("a run tells the manager ready after its first cycle, signs of life, and its end") {
  using namespace btcw::test;
  const std::string address = "@btcw-run-" + std::to_string(getpid());
  NotifySocket socket{address};
  const auto service = ServiceManager::from(
      environment({{"NOTIFY_SOCKET", address}, {"WATCHDOG_USEC", "20000000"}}));
  REQUIRE(service);
  FakeClock clock;
  FakeSignals signals;
  ScriptedFetch job;
  RecordingLog log;
  ConstantRandom random{0};
  // The first cycle brings nothing: the program is up all the same.
  for (int i = 0; i < 5; ++i) {
    job.then({failed("BTC/USDT", btcw::Errc::not_found, "binance: unknown")});
  }
  btcw::PollingSource source{{.requests = {request("BTC/USDT")}}, job, {clock, log, random}};
  btcw::TickerSource* const sources[] = {&source};
  btcw::Runner runner{sources,
                      {},
                      {.run_for = seconds{25}, .status_line = [] { return "fine"; }},
                      {clock, signals, *service}};

  REQUIRE(runner.run());

  CHECK(socket.all() == std::vector<std::string>{"READY=1", "STATUS=fine",  // the first cycle
                                                 "WATCHDOG=1", "STATUS=fine", "WATCHDOG=1",
                                                 "STATUS=fine", "WATCHDOG=1", "STATUS=fine",
                                                 "STOPPING=1"});
}
