#include <fmt/format.h>
#include <signal.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <fstream>
#include <string>

#include "support/fake_exchange.h"
#include "support/run_btcw.h"
#include "support/sanitizer.h"

using namespace btcw::test;

namespace {

/// The most memory a process ever had resident, in KiB; 0 where the system does not say.
std::int64_t peak_memory_kib(pid_t pid) {
  std::ifstream status{fmt::format("/proc/{}/status", pid)};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  }
  return 0;
}

}  // namespace

TEST_CASE("a watch of a hundred symbols stays below 20 MB") {
  if (kSanitized) {
    WARN("skipped: the sanitizers' runtime takes the memory");
    return;
  }
  constexpr int kSymbols = 100;
  FakeExchange fake;
  std::string symbols;
  for (int i = 0; i < kSymbols; ++i) {
    const std::string symbol = fmt::format("C{}/USDT", i);
    fake.set(symbol, {.last = fmt::format("{}.25", 100 + i)});
    symbols += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", symbol);
  }
  for (const char* exchange : {"binance", "kraken"}) fake.behave(exchange, {.filler_rows = 2000});
  const Sandbox sandbox{BTCW_EXECUTABLE};
  // Both have to answer in turn, each with its list of all pairs.
  sandbox.write_config(
      fmt::format("exchanges = [\"kraken\", \"binance\"]\n[general]\nsymbols = [{}]\n"
                  "[watch]\ninterval = \"1s\"\n[exchange.binance]\nrest_url = \"{}\"\n"
                  "[exchange.kraken]\nrest_url = \"{}\"\n",
                  symbols, fake.url("binance"), fake.url("kraken")));
  auto watch = sandbox.start({.arguments = {"watch"}});
  REQUIRE(watch.wait_for_out("C99/USDT"));
  fake.behave("kraken", {.trouble = FakeTrouble::down});
  REQUIRE(watch.wait_for_out(R"("symbol":"C99/USDT","exchange":"binance")"));
  const std::int64_t peak = peak_memory_kib(watch.pid());
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
  REQUIRE(peak > 0);
  CHECK(peak * 1024 < 20'000'000);
}
