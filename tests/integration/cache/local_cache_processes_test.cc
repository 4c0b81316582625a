#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "btcw/base/file_descriptor.h"
#include "btcw/cache/local_cache.h"
#include "support/child_process.h"
#include "support/recording_log.h"
#include "support/sample_tickers.h"
#include "support/temp_folder.h"

using namespace btcw;

namespace {

constexpr int kWriters = 4;
constexpr int kSymbols = 600;

Symbol symbol_number(int writer, int i) {
  return test::symbol_of("W" + std::to_string(writer) + "C" + std::to_string(i) + "/USDT");
}

/// A pipe that nobody writes into: whoever reads from it waits until its other end is closed.
class StartingGate {
 public:
  StartingGate() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    read_end_ = FileDescriptor{ends[0]};
    write_end_ = FileDescriptor{ends[1]};
  }
  void open() { write_end_ = FileDescriptor{}; }
  void wait_in_child() {
    open();
    char byte = 0;
    while (::read(read_end_.get(), &byte, 1) > 0) {
    }
  }

 private:
  FileDescriptor read_end_;
  FileDescriptor write_end_;
};

/// Opens the file, which may not be there yet, and puts its own symbols and one that all share.
int write_all(const std::filesystem::path& file, int writer) {
  const SystemClock clock;
  test::RecordingLog log;
  const auto cache = open_local_cache(file, {}, clock, log);
  if (!cache) return 1;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < kSymbols; ++i) {
      const std::vector<CacheEntry> entries{
          {test::linked_ticker(symbol_number(writer, i), round, clock.now())},
          {test::linked_ticker(test::symbol_of("SHARED/USDT"), round, clock.now())}};
      if (!(*cache)->put(entries)) return 2;
    }
  }
  return log.lines().empty() ? 0 : 3;
}

}  // namespace

TEST_CASE("processes that make and fill one cache at the same time lose nothing") {
  const test::TempFolder folder;
  const auto file = folder / "made" / "prices.cache";
  {
    StartingGate gate;
    std::vector<test::ChildProcess> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&file, &gate, i] {
        gate.wait_in_child();
        return write_all(file, i);
      });
    }
    gate.open();
    for (test::ChildProcess& writer : writers) CHECK(writer.wait() == 0);
  }

  const SystemClock clock;
  test::RecordingLog log;
  const auto cache = open_local_cache_for_reading(file, clock, log);
  REQUIRE(cache);
  for (int writer = 0; writer < kWriters; ++writer) {
    for (int i = 0; i < kSymbols; ++i) {
      const SymbolRequest request{symbol_number(writer, i)};
      const auto answers = (*cache)->get({&request, 1}).value();
      REQUIRE(answers[0].has_value());
      REQUIRE(answers[0]->last == Decimal::from_parts(2 + 2, 2));
    }
  }
  CHECK((*cache)->list()->size() == kWriters * kSymbols + 1);
}
