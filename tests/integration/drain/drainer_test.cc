// The drainer with what it works with in earnest: a queue of files, SQLite, HTTP over loopback.
#include "btcw/drain/drainer.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "btcw/notify/channel_settings.h"
#include "btcw/online/online.h"
#include "btcw/process/posix_command_runner.h"
#include "support/channel_ports.h"
#include "support/http_server.h"
#include "support/queue_fixture.h"

using namespace btcw;
using test::HttpServer;
using test::QueueUser;
using test::ServedRequest;
using test::ServedResponse;
using test::TempFolder;

namespace {

using Names = std::vector<std::string>;
using Values = std::vector<std::pair<std::string, std::string>>;

/// A signal that wakes what waits, from any thread.
class WakingSignals final : public SignalSource {
 public:
  WakingSignals() : fd_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {}
  WakingSignals(const WakingSignals&) = delete;
  WakingSignals& operator=(const WakingSignals&) = delete;
  ~WakingSignals() override { ::close(fd_); }

  void stop() const {
    const std::uint64_t one = 1;
    if (::write(fd_, &one, sizeof one) < 0) std::abort();
  }
  [[nodiscard]] int fd() const override { return fd_; }
  std::optional<Signal> take() override {
    std::uint64_t count = 0;
    if (::read(fd_, &count, sizeof count) < 0) return std::nullopt;
    return Signal::stop;
  }

 private:
  int fd_;
};

/// One process's worth of a drainer, in a state folder that several may share.
class Consumer {
 public:
  explicit Consumer(const std::filesystem::path& state, std::uint64_t seed = 1)
      : user_{state / "queue", clock_, seed},
        commands_{make_posix_command_runner({}, clock_)},
        network_{load_online().value()->make_http({}, clock_, user_.log)},
        deliveries_{open_delivery_log(state / "deliveries.db", clock_).value()} {}

  ChannelRoute& channel(const std::string& name, const std::string& type, const Values& values) {
    ChannelRoute& route = routes_[name];
    route.type = type;
    route.settings = test::settings_for(type, values);
    route.settings.name = name;
    return route;
  }
  ChannelRoute& webhook(const std::string& name, const HttpServer& server) {
    return channel(name, "webhook", {{"url", server.url() + "/" + name}});
  }

  DrainSummary run(const DrainOptions& options = {}) {
    if (channels_ == nullptr) {
      channels_ = std::make_unique<ChannelSet>(
          std::move(routes_),
          ChannelSetPorts{.network = [this]() -> Result<NetTransport*> { return network_.get(); },
                          .commands = *commands_,
                          .clock = clock_,
                          .out = nullptr,
                          .bearer_token = {},
                          .adhoc_url = {}});
    }
    Drainer drainer{{.queue = *user_.queue,
                     .channels = *channels_,
                     .deliveries = *deliveries_,
                     .commands = *commands_,
                     .clock = clock_,
                     .random = user_.random,
                     .log = user_.log,
                     .signals = signals}};
    return drainer.run(options).value();
  }

  void add(std::string_view id, Names channels) {
    auto message = test::new_message(id, clock_.now());
    message.message.channels = std::move(channels);
    REQUIRE(user_.queue->add(std::vector{message}));
  }
  void add_many(std::string_view prefix, int count, const std::string& channel) {
    std::vector<Queue::NewMessage> messages;
    for (int i = 0; i < count; ++i) {
      messages.push_back(test::new_message(fmt::format("{}{:04}", prefix, i), clock_.now()));
      messages.back().message.channels = {channel};
    }
    REQUIRE(user_.queue->add(messages));
  }
  [[nodiscard]] Queue& queue() { return *user_.queue; }
  [[nodiscard]] UtcTime now() const { return clock_.now(); }
  [[nodiscard]] DeliveryLog& deliveries() { return *deliveries_; }
  [[nodiscard]] std::vector<DeliveryRecord> records() {
    return deliveries_->list({.max = 10'000}).value();
  }

  WakingSignals signals;

 private:
  SystemClock clock_;
  QueueUser user_;
  std::unique_ptr<CommandRunner> commands_;
  std::unique_ptr<NetTransport> network_;
  std::unique_ptr<DeliveryLog> deliveries_;
  ChannelRoutes routes_;
  std::unique_ptr<ChannelSet> channels_;
};

std::string id_of(const ServedRequest& request) {
  return std::string{request.header("idempotency-key").value_or("")};
}

/// The ids that came to a path, in order.
Names ids_at(const HttpServer& server, std::string_view path) {
  Names ids;
  for (const auto& request : server.requests()) {
    if (request.path() == path) ids.push_back(id_of(request));
  }
  return ids;
}

}  // namespace

TEST_CASE("messages go over one kept connection, in order, once each, and leave the queue") {
  const TempFolder state;
  const HttpServer server{[](const ServedRequest&) { return ServedResponse{.status = 204}; }};
  Consumer consumer{state.path()};
  consumer.webhook("desk", server);
  consumer.add_many("m", 300, "desk");

  const DrainSummary summary = consumer.run();

  CHECK(summary.delivered == 300);
  const auto ids = ids_at(server, "/desk");
  CHECK(ids.size() == 300);
  CHECK(std::is_sorted(ids.begin(), ids.end()));
  CHECK(server.connections() == 1);
  CHECK(test::names_in(state / "queue").empty());
  CHECK(consumer.records().size() == 300);
}

TEST_CASE("a server that never answers holds up no other, and its messages are tried again") {
  const TempFolder state;
  const HttpServer server{[](const ServedRequest& request) {
    return ServedResponse{
        .status = 204, .fault = request.path() == "/hangs" ? test::Fault::hang : test::Fault::none};
  }};
  Consumer consumer{state.path()};
  consumer.webhook("hangs", server);
  consumer.webhook("desk", server);
  consumer.add_many("h", 200, "hangs");
  consumer.add_many("d", 50, "desk");

  const DrainSummary summary = consumer.run({.timeout = milliseconds{300}});

  CHECK(summary.delivered == 50);
  CHECK(summary.hindered == 200);
  CHECK(ids_at(server, "/desk").size() == 50);
  CHECK(ids_at(server, "/hangs").size() == 3);
  const auto requests = server.requests();
  const auto last_of_desk = std::find_if(requests.rbegin(), requests.rend(),
                                         [](const auto& one) { return one.path() == "/desk"; });
  const auto second_of_hangs =
      std::find_if(requests.begin() + 1, requests.end(),
                   [](const auto& o) { return o.path() == "/hangs" && id_of(o) != "h0000"; });
  REQUIRE(second_of_hangs != requests.end());
  CHECK(last_of_desk->at < second_of_hangs->at + seconds{1});
  const auto infos = consumer.queue().list(MessageState::pending, 1000).value();
  CHECK(infos.size() == 200);
  CHECK(std::count_if(infos.begin(), infos.end(), [](const auto& i) { return i.attempts == 1; }) ==
        3);
}

TEST_CASE("a Retry-After holds for the whole channel, in another process too") {
  struct Case {
    const char* value;
    milliseconds rest;
  };
  const auto row = GENERATE(values<Case>({
      {"120", seconds{120}},
      {"9999999999", kLongestRest},
  }));
  CAPTURE(row.value);
  const TempFolder state;
  const HttpServer server{[&row](const ServedRequest&) {
    return ServedResponse{.status = 429, .headers = {{"Retry-After", row.value}}};
  }};
  Consumer consumer{state.path()};
  consumer.webhook("desk", server);
  consumer.add_many("m", 5, "desk");

  CHECK(consumer.run().hindered == 5);
  Consumer other{state.path(), 2};
  other.webhook("desk", server);
  other.add("late", {"desk"});
  CHECK(other.run().hindered == 1);

  CHECK(server.requests().size() == 1);
  const auto pending = other.queue().list(MessageState::pending, 100);
  REQUIRE(pending.has_value());
  CHECK_FALSE(pending->empty());
  for (const auto& info : *pending) {
    CHECK(info.attempts == 0);
    CHECK(info.due - other.now() <= row.rest + seconds{2});
    CHECK(info.due - other.now() > row.rest - seconds{60});
  }
}

TEST_CASE("caps hold in the next run as well") {
  const TempFolder state;
  const HttpServer server{[](const ServedRequest&) { return ServedResponse{.status = 204}; }};
  for (int run = 0; run < 3; ++run) {
    Consumer consumer{state.path(), static_cast<std::uint64_t>(run) + 1};
    consumer.webhook("desk", server).caps = {.per_hour = 4};
    consumer.add_many(fmt::format("r{}m", run), 3, "desk");
    static_cast<void>(consumer.run());
  }

  CHECK(server.requests().size() == 4);
}

TEST_CASE("a dead message that is put back goes only to the channels that do not have it") {
  const TempFolder state;
  std::atomic<int> status = 404;
  const HttpServer server{[&status](const ServedRequest& request) {
    return ServedResponse{.status = request.path() == "/gone" ? status.load() : 204};
  }};
  Consumer consumer{state.path()};
  consumer.webhook("desk", server);
  consumer.webhook("gone", server);
  consumer.add("a", {"desk", "gone"});
  CHECK(consumer.run().dead == 1);
  const auto dead = consumer.queue().list(MessageState::dead, 10).value();
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].reason.starts_with("gone: "));

  status = 204;
  CHECK(consumer.queue().retry_dead("a", consumer.now()).value() == 1);
  CHECK(consumer.run().delivered == 1);

  CHECK(ids_at(server, "/desk") == Names{"a"});
  CHECK(ids_at(server, "/gone") == Names{"a", "a"});
  CHECK(test::names_in(state / "queue" / ".dead").empty());
}

TEST_CASE("eight drainers at once deliver each message exactly once") {
  const TempFolder state;
  constexpr int kCount = 1000;
  {
    Consumer producer{state.path(), 99};
    producer.add_many("m", kCount, "file");
  }
  std::vector<std::unique_ptr<Consumer>> consumers;
  for (std::uint64_t i = 0; i < 8; ++i) {
    consumers.push_back(std::make_unique<Consumer>(state.path(), i + 1));
    consumers.back()->channel("file", "file", {{"path", state / "out"}});
  }
  std::atomic<std::size_t> delivered = 0;
  std::vector<std::thread> threads;
  for (auto& consumer : consumers) {
    threads.emplace_back([&] { delivered += consumer->run().delivered; });
  }
  for (auto& thread : threads) thread.join();

  CHECK(delivered == kCount);
  std::ifstream out{state / "out"};
  std::set<std::string> lines;
  std::size_t count = 0;
  for (std::string line; std::getline(out, line); ++count) lines.insert(line);
  CHECK(count == kCount);
  CHECK(lines.size() == kCount);
  CHECK(consumers[0]->records().size() == kCount);
}

TEST_CASE(
    "a drainer that stays delivers at once, sleeps meanwhile, and lets go when it is told to") {
  const TempFolder state;
  std::atomic<bool> hangs = false;
  const HttpServer server{[&hangs](const ServedRequest&) {
    return ServedResponse{.status = 204, .delay = milliseconds{hangs ? 400 : 0}};
  }};
  Consumer consumer{state.path()};
  consumer.webhook("desk", server);
  Consumer producer{state.path(), 2};
  DrainSummary summary;
  double idle_cpu = 0;
  std::thread thread{[&] {
    summary = consumer.run({.stay = Stay::follow});
    rusage used{};
    ::getrusage(RUSAGE_THREAD, &used);
    idle_cpu = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  }};
  producer.add("first", {"desk"});
  CHECK(server.wait_for_requests(1));
  std::this_thread::sleep_for(seconds{1});
  producer.add("second", {"desk"});
  CHECK(server.wait_for_requests(2));
  hangs = true;
  producer.add_many("m", 40, "desk");
  CHECK(server.wait_for_requests(4));
  consumer.signals.stop();
  thread.join();

  CHECK(summary.delivered >= 4);
  CHECK(summary.delivered < 20);
  CHECK(summary.deferred == 0);
  // What was not begun is there for the next, as it was.
  const auto claims = producer.queue().take(producer.now(), 100).value();
  CHECK(claims.size() + summary.delivered == 42);
  CHECK(idle_cpu < 0.5);
}
