#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "btcw/config/config.h"

namespace {

using btcw::Environment;

// A home of its own, and as many other variables as a desktop session has.
class Home {
 public:
  Home() {
    std::string name = (std::filesystem::temp_directory_path() / "btcw-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    root_ = name;
    std::filesystem::create_directories(root_ / ".config/btcw");
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  ~Home() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  void write_config(std::string_view text) const {
    std::ofstream{root_ / ".config/btcw/config.toml"} << text;
  }
  [[nodiscard]] Environment environment() const {
    std::map<std::string, std::string, std::less<>> variables{{"HOME", root_.string()}};
    for (int i = 0; i < 40; ++i) variables["VARIABLE_" + std::to_string(i)] = "some value";
    return Environment{std::move(variables)};
  }

 private:
  std::filesystem::path root_;
};

void load(benchmark::State& state, const Environment& environment) {
  for (auto _ : state) {
    const btcw::LoadedConfig loaded =
        btcw::load_config({.environment = environment, .system_file = "/nonexistent/config.toml"});
    if (!loaded.errors.empty()) {
      state.SkipWithError(loaded.errors.front().message.c_str());
      return;
    }
    benchmark::DoNotOptimize(loaded.config.cache.ttl);
  }
}

constexpr std::string_view kTypical = R"(# A trader's file.
exchanges = ["binance", "kraken", "coinbase"]

[general]
quote = "USDT"
symbols = [
  "BTC/USDT",
  "ETH/USDT",
  "SOL/USDT",
  "XRP/USDT",
  "kraken:BTC/EUR",
]

[price]
max_age = "20s"

[watch]
interval = "15s"

[cache]
ttl = "20s"
keep = "2d"
max_entries = 1024

[http]
connect_timeout = "3s"
timeout = "8s"

# Behind the company's proxy.
[proxy]
url = "http://proxy.example.com:3128"
user = "me"
password_env = "HOME"
no_proxy = "localhost"
fallback_direct = true

[exchange.binance]
rest_url = "https://api.binance.com"

[exchange.kraken]
enabled = false
)";

void BM_load_config_without_a_file(benchmark::State& state) {
  const Home home;
  load(state, home.environment());
}
BENCHMARK(BM_load_config_without_a_file);

void BM_load_config_of_40_lines(benchmark::State& state) {
  const Home home;
  home.write_config(kTypical);
  load(state, home.environment());
}
BENCHMARK(BM_load_config_of_40_lines);

void BM_load_config_of_1000_symbols(benchmark::State& state) {
  const Home home;
  std::string text = "general.symbols = [\n";
  for (int i = 0; i < 1000; ++i) text += "  \"COIN" + std::to_string(i) + "/USDT\",\n";
  home.write_config(text + "]\n");
  load(state, home.environment());
}
BENCHMARK(BM_load_config_of_1000_symbols);

}  // namespace
