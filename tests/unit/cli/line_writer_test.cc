#include "render/line_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/watch_fakes.h"

using btcw::CacheEntry;
using btcw::Errc;
using btcw::Flow;
using btcw::Load;
using btcw::milliseconds;
using btcw::SteadyTime;
using btcw::cli::Flush;
using btcw::cli::LineWriter;
using namespace btcw::test;

namespace {

/// A pipe whose reader is the test.
class Pipe {
 public:
  Pipe() { REQUIRE(pipe2(ends_.data(), O_CLOEXEC) == 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_reader();
    close(ends_[1]);
  }
  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_reader() {
    if (ends_[0] >= 0) close(ends_[0]);
    ends_[0] = -1;
  }
  /// What is in it now.
  std::string take() {
    fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    std::string all;
    std::array<char, 65'536> bytes{};
    for (ssize_t n = 0; (n = read(ends_[0], bytes.data(), bytes.size())) > 0;) {
      all.append(bytes.data(), static_cast<std::size_t>(n));
    }
    return all;
  }

 private:
  std::array<int, 2> ends_{};
};

const CacheEntry kTick{ticker("BTC/USDT", "binance", "97123.4")};
const std::string kLine = btcw::to_json(kTick.ticker) + "\n";

LineWriter::Options ndjson(Flush flush) { return {btcw::append_json, flush}; }

Flow write_ticks(LineWriter& writer, std::size_t count) {
  const std::vector<CacheEntry> ticks(count, kTick);
  return writer.on_ticks(ticks).value();
}

}  // namespace

TEST_CASE("tickers are written as they come, one a line") {
  const FakeClock clock;
  Pipe pipe;
  LineWriter writer{pipe.writer(), ndjson(Flush::at_once), clock};
  CHECK(write_ticks(writer, 2) == Flow::go_on);
  CHECK(pipe.take() == kLine + kLine);
  CHECK(writer.load() == Load::idle);
}

TEST_CASE("at full speed tickers are written in large pieces, and after a tenth of a second") {
  const FakeClock clock;
  Pipe pipe;
  LineWriter writer{pipe.writer(), ndjson(Flush::when_full), clock};
  write_ticks(writer, 1);
  CHECK(pipe.take().empty());
  CHECK(writer.due() == clock.steady_now() + milliseconds{100});
  CHECK(writer.on_time().value() == Flow::go_on);
  CHECK(pipe.take().empty());
  clock.advance(milliseconds{100});
  CHECK(writer.on_time().value() == Flow::go_on);
  CHECK(pipe.take() == kLine);
  CHECK(writer.due() == SteadyTime::max());
}

TEST_CASE("a reader that does not read holds nothing up, and gets everything in the end") {
  const FakeClock clock;
  Pipe pipe;
  const auto flush = GENERATE(Flush::at_once, Flush::when_full);
  LineWriter writer{pipe.writer(), ndjson(flush), clock};
  std::size_t count = 0;
  while (writer.load() != Load::full) {
    CHECK(write_ticks(writer, 100) == Flow::go_on);
    count += 100;
    REQUIRE(count < 100'000);
  }
  std::string got;
  while (writer.load() != Load::idle) {
    got += pipe.take();
    clock.advance(milliseconds{100});
    REQUIRE(writer.on_time().value() == Flow::go_on);
  }
  got += pipe.take();
  CHECK(got.size() == count * kLine.size());
  CHECK(got.ends_with(kLine));
}

TEST_CASE("a reader that has gone is noticed, with something to write and with nothing") {
  const FakeClock clock;
  Pipe pipe;
  LineWriter writer{pipe.writer(), ndjson(Flush::at_once), clock};
  write_ticks(writer, 1);
  pipe.close_reader();
  SECTION("something") { CHECK(write_ticks(writer, 1) == Flow::stop); }
  SECTION("nothing") { CHECK(writer.on_time().value() == Flow::stop); }
  CHECK(writer.reader_gone());
  CHECK(writer.finish());
}

TEST_CASE("what is held is written at the end") {
  const FakeClock clock;
  Pipe pipe;
  LineWriter writer{pipe.writer(), ndjson(Flush::when_full), clock};
  write_ticks(writer, 3);
  CHECK(writer.finish());
  CHECK(pipe.take() == kLine + kLine + kLine);
}

TEST_CASE("a full disk is an error") {
  const FakeClock clock;
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  LineWriter writer{full, ndjson(Flush::at_once), clock};
  const auto flow = writer.on_ticks({&kTick, 1});
  REQUIRE_FALSE(flow);
  CHECK(flow.error().code == Errc::unavailable);
  CHECK(flow.error().message == "cannot write to standard output: No space left on device");
  close(full);
}

TEST_CASE("the readable line has the time, the symbol, the price, the change and the exchange") {
  std::string text;
  auto one = kTick.ticker;
  btcw::cli::append_plain_line(one, text);
  CHECK(text == "2024-11-22T15:40:00Z BTC/USDT 97123.4 binance");
  for (const auto& [change, shown] : {std::pair{"1.5", "+1.5%"}, std::pair{"-1.5", "-1.5%"}}) {
    one.percentage = btcw::Decimal::parse(change).value();
    text.clear();
    btcw::cli::append_plain_line(one, text);
    CHECK(text == std::string{"2024-11-22T15:40:00Z BTC/USDT 97123.4 "} + shown + " binance");
  }
}
