// A writer of the shared cache file is killed again and again, while other processes read it.
#include <sys/mman.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): nanosleep is not in <ctime>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "btcw/cache/local_cache.h"
#include "support/cache_bench.h"
#include "support/child_process.h"
#include "support/recording_log.h"
#include "support/sample_tickers.h"
#include "support/temp_folder.h"

using namespace btcw;

namespace {

constexpr int kReaders = 4;
constexpr std::size_t kBatch = 40;
constexpr milliseconds kLongestPause{60'000};

/// What the processes tell each other.
struct Board {
  std::atomic<bool> is_over{false};
  std::atomic<std::uint64_t> batches{0};  // of the writer that lives now
  std::atomic<std::uint64_t> all_batches{0};
  std::atomic<std::uint64_t> failed_puts{0};
  std::atomic<std::uint64_t> warnings{0};
  std::atomic<std::uint64_t> answers{0};
  std::atomic<std::uint64_t> torn{0};
  std::atomic<std::uint64_t> missing{0};
  std::atomic<std::uint64_t> backwards{0};
  std::atomic<std::uint64_t> failed_reads{0};
};

class SharedBoard {
 public:
  SharedBoard() {
    void* memory =
        ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    board_ = new (memory) Board;
  }
  SharedBoard(const SharedBoard&) = delete;
  SharedBoard& operator=(const SharedBoard&) = delete;
  ~SharedBoard() { ::munmap(board_, sizeof(Board)); }
  Board* operator->() const { return board_; }
  Board& operator*() const { return *board_; }

 private:
  Board* board_;
};

class CountingLog final : public Log {
 public:
  explicit CountingLog(Board& board) : board_{board} {}
  void write(LogLevel level, std::string_view, std::initializer_list<LogField>) override {
    if (level >= LogLevel::warning) ++board_.warnings;
  }
  [[nodiscard]] bool wants(LogLevel) const override { return true; }

 private:
  Board& board_;
};

struct Load {
  std::string_view name;
  std::size_t symbols;
  std::size_t max_entries;
  bool removes_file;
  /// Whether a symbol that is there stays there.
  [[nodiscard]] bool is_lasting() const { return symbols <= max_entries && !removes_file; }
};

std::vector<Symbol> symbols_of(const Load& load) {
  std::vector<Symbol> symbols;
  for (std::size_t i = 0; i < load.symbols; ++i) {
    symbols.push_back(test::symbol_of("C" + std::to_string(i) + "/USDT"));
  }
  return symbols;
}

int write_until_killed(const std::filesystem::path& file, const Load& load, Board& board) {
  const SystemClock clock;
  CountingLog log{board};
  auto cache = open_local_cache(file, {.max_entries = load.max_entries}, clock, log);
  if (!cache) return 1;
  const auto symbols = symbols_of(load);
  std::vector<CacheEntry> batch(kBatch);
  for (std::int64_t number = 1;; ++number) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      const std::size_t at = (static_cast<std::size_t>(number) * kBatch + i) % symbols.size();
      batch[i] = {test::linked_ticker(symbols[at], number, clock.now()),
                  number % 3 == 0 ? CacheScope::exchange : CacheScope::any};
    }
    if ((*cache)->put(batch)) {
      ++board.batches;
      ++board.all_batches;
    } else {
      ++board.failed_puts;
    }
  }
}

/// Looks at every answer it gets.
class Reader {
 public:
  Reader(const std::filesystem::path& file, const Load& load, Board& board)
      : file_{file}, load_{load}, board_{board} {
    for (const Symbol& symbol : symbols_of(load)) {
      requests_.push_back({symbol});
      requests_.push_back({symbol, ExchangeName::parse("demo").value()});
    }
    last_.resize(requests_.size());
  }

  int run() {
    std::unique_ptr<PriceCache> kept;
    for (std::size_t round = 0; !board_.is_over; ++round) {
      if (!kept || round % 4 == 0) {
        auto opened = open_local_cache_for_reading(file_, clock_, log_);
        if (!opened) {
          if (opened.error().code != Errc::not_found) ++board_.failed_reads;
          if (load_.is_lasting() && kept) ++board_.missing;
          continue;
        }
        kept = *std::move(opened);
      }
      read(*kept);
      if (round % 16 == 0) list(*kept);
    }
    return 0;
  }

 private:
  void read(PriceCache& cache) {
    const auto answers = cache.get(requests_);
    if (!answers) {
      ++board_.failed_reads;
      return;
    }
    for (std::size_t i = 0; i < answers->size(); ++i) check((*answers)[i], i);
  }
  void check(const std::optional<Ticker>& answer, std::size_t i) {
    if (!answer) {
      if (load_.is_lasting() && last_[i] != UtcTime{}) ++board_.missing;
      return;
    }
    ++board_.answers;
    if (answer->symbol != requests_[i].symbol || !test::is_linked(*answer)) ++board_.torn;
    if (load_.is_lasting() && answer->received < last_[i]) ++board_.backwards;
    last_[i] = answer->received;
  }
  void list(PriceCache& cache) {
    const auto all = cache.list();
    if (!all) {
      ++board_.failed_reads;
      return;
    }
    for (const Ticker& ticker : *all) {
      if (!test::is_linked(ticker)) ++board_.torn;
    }
  }

  const std::filesystem::path& file_;
  const Load& load_;
  Board& board_;
  SystemClock clock_;
  CountingLog log_{board_};
  std::vector<SymbolRequest> requests_;
  std::vector<UtcTime> last_;
};

void pause(std::chrono::microseconds time) {
  const timespec spec{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds{time}.count()};
  ::nanosleep(&spec, nullptr);
}

/// Whether the writer that lives now gets a batch written soon.
bool writes_soon(const Board& board) {
  const SystemClock clock;
  const SteadyTime until = clock.steady_now() + kLongestPause;
  while (board.batches == 0) {
    if (clock.steady_now() > until) return false;
    pause(std::chrono::microseconds{200});
  }
  return true;
}

}  // namespace

TEST_CASE("a writer killed at any moment tears no entry and stops no other process") {
  struct Row {
    Load load;
    int kills;
  };
  const auto row = GENERATE(values<Row>({
      {{"the same symbols over and over", 60, 4096, false}, 120},
      {{"more symbols than there is room for", 200, 48, false}, 40},
      {{"the file is removed and made anew", 60, 64, true}, 40},
  }));
  CAPTURE(row.load.name);
  const test::TempFolder folder;
  const auto file = folder / "prices.cache";
  const SharedBoard board;
  std::vector<test::ChildProcess> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] { return Reader{file, row.load, *board}.run(); });
  }

  std::mt19937 random{42};
  for (int kill = 0; kill < row.kills; ++kill) {
    board->batches = 0;
    test::ChildProcess writer{[&] { return write_until_killed(file, row.load, *board); }};
    // Most are killed in the middle of their work, some while they start.
    if (random() % 4 != 0) REQUIRE(writes_soon(*board));
    pause(std::chrono::microseconds{random() % 5000});
    writer.kill_now();
    if (row.load.removes_file && kill % 2 == 0) std::filesystem::remove(file);
  }
  board->is_over = true;
  for (test::ChildProcess& reader : readers) CHECK(reader.wait() == 0);

  CHECK(board->torn == 0);
  CHECK(board->missing == 0);
  CHECK(board->backwards == 0);
  CHECK(board->failed_reads == 0);
  CHECK(board->failed_puts == 0);
  CHECK(board->warnings == 0);
  CHECK(board->all_batches > static_cast<std::uint64_t>(row.kills) / 2);
  CHECK(board->answers > 1000);

  const SystemClock clock;
  test::RecordingLog log;
  const auto cache = open_local_cache(file, {.max_entries = row.load.max_entries}, clock, log);
  REQUIRE(cache);
  const CacheEntry entry{test::linked_ticker(test::symbol_of("BTC/USDT"), 1, clock.now())};
  REQUIRE((*cache)->put({&entry, 1}));
  CHECK(test::get_one(**cache, "BTC/USDT") == entry.ticker);
  CHECK(log.lines().empty());
}

TEST_CASE("writers that are killed do not hold up a writer that lives") {
  const test::TempFolder folder;
  const auto file = folder / "prices.cache";
  const SharedBoard board;
  const Load load{"two writers", 60, 64, false};
  const SystemClock clock;
  test::RecordingLog log;
  const auto cache = open_local_cache(file, {.max_entries = 64}, clock, log);
  REQUIRE(cache);
  const Symbol symbol = test::symbol_of("OWN/USDT");
  std::mt19937 random{7};
  for (int kill = 0; kill < 40; ++kill) {
    board->batches = 0;
    test::ChildProcess writer{[&] { return write_until_killed(file, load, *board); }};
    REQUIRE(writes_soon(*board));
    const auto puts = static_cast<std::int64_t>(random() % 200);
    for (std::int64_t i = 1; i <= puts; ++i) {
      const CacheEntry entry{
          test::linked_ticker(symbol, std::int64_t{kill} * 1000 + i, clock.now())};
      REQUIRE(test::put_patiently(**cache, {&entry, 1}));
      REQUIRE(test::get_one(**cache, "OWN/USDT") == entry.ticker);
    }
  }
  CHECK(log.lines().empty());
}
