// A program that is linked as btcw is (the C++ runtime inside, the core's symbols exported) and
// uses the network module across that border: online_probe URL [CA-FILE]
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "btcw/online/online.h"

namespace {

using btcw::HttpRequest;
using btcw::HttpResponse;
using btcw::Result;

class StderrLog final : public btcw::Log {
 public:
  void write(btcw::LogLevel, std::string_view message,
             std::initializer_list<btcw::LogField> fields) override {
    std::string line{message};
    for (const auto& field : fields) line.append(" ").append(field.value);
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  [[nodiscard]] bool wants(btcw::LogLevel) const override { return true; }
};

void print(const char* what, const Result<HttpResponse>& response) {
  if (!response) {
    std::printf("%s: %s\n", what, response.error().message.c_str());
    return;
  }
  std::printf("%s: %d %zu bytes\n", what, response->status, response->body.size());
}

// A callback that keeps state and starts the next request from within.
void chain(btcw::HttpTransport& http, const std::string& url) {
  auto shared = std::make_shared<std::string>();
  std::function<void(int)> next = [&](int left) {
    http.start({.url = url, .headers = {{"X-Left", std::to_string(left)}}},
               [&, left, shared](const Result<HttpResponse>& response) {
                 shared->append(response ? "+" : "-");
                 if (left > 1) next(left - 1);
               });
  };
  next(5);
  while (http.drive(btcw::SteadyTime::max()) > 0) {
  }
  std::printf("chain: %s\n", shared->c_str());
}

// Exceptions of this program's own runtime, in a callback that the module calls.
void throw_in_callback(btcw::HttpTransport& http, const std::string& url) {
  http.start({.url = url}, [](const Result<HttpResponse>&) {
    try {
      (void)std::stoi("not a number");
    } catch (const std::exception& error) {
      std::printf("caught: %s\n", error.what());
    }
  });
  http.drive(btcw::SteadyTime::max());
}

void read_ticker(const btcw::Online& online) {
  const auto reader = online.make_ticker_reader();
  const auto good = reader->read(
      R"({"symbol":"BTC/USDT","exchange":"demo","last":97123.40,"received":1732290000456})");
  std::printf("ticker: %s\n", good ? good->last.to_string().c_str() : good.error().message.c_str());
  const auto bad = reader->read(R"({"symbol":)");
  std::printf("not a ticker: %s\n", bad ? "accepted" : "refused");
}

void print_memory() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS") || line.starts_with("VmHWM") || line.starts_with("RssAnon")) {
      std::fprintf(stderr, "%s\n", line.c_str());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string url = argv[1];
  const auto begin = std::chrono::steady_clock::now();
  const auto online = btcw::load_online();
  const auto took = std::chrono::steady_clock::now() - begin;
  if (!online) {
    std::printf("%s\n", online.error().message.c_str());
    return 1;
  }
  std::fprintf(
      stderr, "load_online: %lld us\n",
      static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  print_memory();
  const btcw::SystemClock clock;
  StderrLog log;
  btcw::HttpOptions options;
  if (argc > 2) options.ca_file = argv[2];
  const auto http = (*online)->make_http(std::move(options), clock, log);
  print("get", http->send({.url = url}));
  print_memory();
  print("refused", http->send({.url = "nonsense"}));
  print("headers", http->send({.method = "POST",
                               .url = url,
                               .headers = {{"X-Long", std::string(5000, 'x')}},
                               .body = std::string(300'000, 'x')}));
  chain(*http, url);
  throw_in_callback(*http, url);
  read_ticker(**online);
  std::thread{[&] {
    const auto other = (*btcw::load_online())->make_http({}, clock, log);
    print("thread", other->send({.url = "http://127.0.0.1:1/"}));
  }}.join();
  http->start({.url = url}, [](const Result<HttpResponse>&) { std::printf("never\n"); });
  return 0;
}
