#include "stderr_log.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <memory>

#include "printable.h"
#include "support/fake_clock.h"

namespace {

using namespace btcw;
using namespace btcw::cli;

/// A log into memory.
class Bench {
 public:
  Bench() = default;

  std::string text() {
    std::fflush(file_.get());
    return std::string{buffer_, size_};
  }
  ~Bench() {
    file_.reset();
    std::free(buffer_);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  char* buffer_ = nullptr;
  std::size_t size_ = 0;
  std::unique_ptr<std::FILE, Close> file_{::open_memstream(&buffer_, &size_)};
  test::FakeClock clock_{from_unix_ms(1'732'290'000'123)};

 public:
  StderrLog log{file_.get(), clock_};
};

}  // namespace

TEST_CASE("a text line says who, how bad, what, and the details") {
  struct Case {
    LogLevel level;
    std::string_view line;
  };
  const auto row = GENERATE(values<Case>({
      {LogLevel::error, "btcw: no answer exchange=kraken reason=\"timed out\" empty=\"\"\n"},
      {LogLevel::warning,
       "btcw: warning: no answer exchange=kraken reason=\"timed out\" empty=\"\"\n"},
      {LogLevel::info, "btcw: info: no answer exchange=kraken reason=\"timed out\" empty=\"\"\n"},
      {LogLevel::debug, "btcw: debug: no answer exchange=kraken reason=\"timed out\" empty=\"\"\n"},
  }));
  Bench bench;
  bench.log.configure({.level = LogLevel::debug});

  bench.log.write(row.level, "no answer",
                  {{"exchange", "kraken"}, {"reason", "timed out"}, {"empty", ""}});

  CHECK(bench.text() == row.line);
}

TEST_CASE("a JSON line is one object with time, level and msg") {
  Bench bench;
  bench.log.configure({.format = LogFormat::json});

  bench.log.warning("say \"hi\"\n\x1b[31m", {{"path", "C:\\x"}, {"bytes", "\xff"}});

  CHECK(bench.text() ==
        "{\"time\":\"2024-11-22T15:40:00.123Z\",\"level\":\"warning\","
        "\"msg\":\"say "
        "\\\"hi\\\"\\u000a\\u001b[31m\",\"path\":\"C:\\\\x\",\"bytes\":\"\xEF\xBF\xBD\"}\n");
}

TEST_CASE("lines below the level go nowhere") {
  Bench bench;
  bench.log.info("unheard");
  CHECK_FALSE(bench.log.wants(LogLevel::info));
  CHECK(bench.log.wants(LogLevel::warning));
  bench.log.configure({.level = LogLevel::error});
  bench.log.warning("unheard");
  CHECK(bench.text().empty());
}

TEST_CASE("a secret that the log was told is masked wherever it stands") {
  const auto format = GENERATE(LogFormat::text, LogFormat::json);
  Bench bench;
  bench.log.configure({.format = format});
  bench.log.mask(Secret{"hunter2!"});
  bench.log.mask(Secret{"abc"});  // too short to be told from words

  bench.log.error("Bearer hunter2!hunter2! abc", {{"url", "http://u:hunter2!@proxy/"}});

  const std::string text = bench.text();
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("Bearer **************** abc") != std::string::npos);
  CHECK(text.find("http://u:********@proxy/") != std::string::npos);
}

TEST_CASE("colour marks the level and nothing else") {
  Bench bench;
  bench.log.configure({.color = true});
  bench.log.warning("careful");
  CHECK(bench.text() == "\x1b[33mbtcw: warning:\x1b[0m careful\n");
}

TEST_CASE("printable keeps text and takes the teeth out of the rest") {
  struct Case {
    std::string_view why;
    std::string_view text;
    std::string_view printable;
  };
  const auto row = GENERATE(values<Case>({
      {"plain", "BTC/USDT", "BTC/USDT"},
      {"UTF-8", "café €🚀", "café €🚀"},
      {"escape", "\x1b[2Jx", " [2Jx"},
      {"line end", "a\nb\tc", "a b c"},
      {"C1 control",
       "a\xC2\x9B"
       "b",
       "a b"},
      {"delete", "a\x7F", "a "},
      {"stray byte", "a\xFFz", "a?z"},
      {"cut short", "a\xE2\x82", "a??"},
      {"overlong", "\xC0\xAF", "??"},
      {"overlong of three", "\xE0\x80\xAF", "???"},
      {"surrogate", "\xED\xA0\x80", "???"},
      {"beyond Unicode", "\xF4\x90\x80\x80", "????"},
      {"empty", "", ""},
  }));
  CAPTURE(row.why);
  CHECK(printable(row.text) == row.printable);
}
