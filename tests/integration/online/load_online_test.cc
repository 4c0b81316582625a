#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "btcw/online/online.h"
#include "support/http_server.h"
#include "support/recording_log.h"
#include "support/run_btcw.h"

namespace fs = std::filesystem;

using btcw::load_online;
using btcw::test::HttpServer;
using btcw::test::Invocation;
using btcw::test::RecordingLog;
using btcw::test::Sandbox;
using btcw::test::ServedRequest;
using btcw::test::ServedResponse;
using btcw::test::ServerTls;

namespace {

// The probe under another roof. A hard link: its own path decides where it looks.
fs::path probe_in(const fs::path& folder) {
  const fs::path probe = folder / "probe";
  std::error_code error;
  fs::create_hard_link(BTCW_ONLINE_PROBE, probe, error);
  if (error) fs::copy_file(BTCW_ONLINE_PROBE, probe);
  return probe;
}

}  // namespace

TEST_CASE("the network module is loaded once and speaks HTTP") {
  const auto online = load_online();
  REQUIRE(online.has_value());
  CHECK(*load_online() == *online);
  HttpServer server{[](const ServedRequest&) { return ServedResponse{.body = "ok"}; }};
  const btcw::SystemClock clock;
  RecordingLog log;
  const auto http = (*online)->make_http({}, clock, log);
  CHECK(http->send({.url = server.url()})->body == "ok");
  CHECK((*online)->make_ticker_reader() != nullptr);
  CHECK((*online)->make_rest_market({}, *http, clock, log) != nullptr);
}

TEST_CASE("a program with the C++ runtime inside shares strings, callbacks and threads with it") {
  const ServerTls tls = GENERATE(ServerTls::none, ServerTls::valid);
  HttpServer server{
      [](const ServedRequest&) { return ServedResponse{.body = std::string(100'000, 'x')}; },
      {.tls = tls}};
  const Sandbox sandbox{BTCW_ONLINE_PROBE};
  Invocation invocation{.arguments = {server.url() + "/SECRET"}};
  if (tls == ServerTls::valid) invocation.arguments.push_back(server.ca_file());

  const auto outcome = sandbox.run(invocation);

  CHECK(outcome.out ==
        "get: 200 100000 bytes\n"
        "refused: not a url of the form http(s)://host/path\n"
        "headers: 200 100000 bytes\n"
        "chain: +++++\n"
        "caught: stoi\n"
        "ticker: 97123.4\n"
        "not a ticker: refused\n"
        "thread: 127.0.0.1:1: connection refused\n");
  CHECK(outcome.exit_code == 0);
  CAPTURE(outcome.err);
  CHECK(outcome.err.find("SECRET") == std::string::npos);
  CHECK(server.connections() == 1);
}

TEST_CASE("a module that is missing, broken or of another version is named as the reason") {
  const Sandbox sandbox{BTCW_ONLINE_PROBE};
  const fs::path folder = fs::canonical(sandbox.root()) / "elsewhere";
  fs::create_directory(folder);
  const Sandbox elsewhere{probe_in(folder)};
  const auto run = [&] { return elsewhere.run({std::string{"http://127.0.0.1:1/"}}); };

  const auto missing = run();
  CHECK(missing.exit_code == 1);
  CHECK(missing.out == "network module: cannot find libbtcw-net.so in " + folder.string() + "\n");

  std::ofstream{folder / "libbtcw-net.so"} << "not a library";
  const auto broken = run();
  CHECK(broken.exit_code == 1);
  CHECK(broken.out.starts_with("network module: cannot load libbtcw-net.so: "));

  fs::copy_file(BTCW_OTHER_MODULE, folder / "libbtcw-net.so", fs::copy_options::overwrite_existing);
  const auto other = run();
  CHECK(other.exit_code == 1);
  CHECK(other.out == "network module: libbtcw-net.so is of version 0.0.0-other, not " BTCW_VERSION
                     "\n");
}

TEST_CASE("neither the environment nor the working folder decides which module is loaded") {
  const Sandbox sandbox{BTCW_ONLINE_PROBE};
  fs::copy_file(BTCW_OTHER_MODULE, sandbox.root() / "libbtcw-net.so");

  const auto outcome =
      sandbox.run(Invocation{.arguments = {"http://127.0.0.1:1/"},
                             .environment = {{"LD_LIBRARY_PATH", sandbox.root().string()},
                                             {"PATH", sandbox.root().string()}}});

  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.starts_with("get: 127.0.0.1:1: connection refused\n"));
}
