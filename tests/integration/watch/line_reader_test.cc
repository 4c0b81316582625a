#include "btcw/watch/line_reader.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "support/temp_folder.h"

using btcw::LineReader;
using Fill = btcw::LineReader::Fill;

namespace {

/// A file with that text, closed at the end of the test.
class TextFile {
 public:
  explicit TextFile(std::string_view text) : fd_{memfd_create("text", MFD_CLOEXEC)} {
    REQUIRE(write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    lseek(fd_, 0, SEEK_SET);
  }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  ~TextFile() { close(fd_); }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

struct Read {
  std::string text;
  std::uint64_t number;
  bool too_long;
  friend bool operator==(const Read&, const Read&) = default;
};

std::vector<Read> all_lines(int fd) {
  LineReader reader{fd};
  std::vector<Read> lines;
  for (;;) {
    while (const auto line = reader.next()) {
      lines.push_back({std::string{line->text}, line->number, line->too_long});
    }
    if (reader.fill().value() == Fill::end) break;
  }
  while (const auto line = reader.next()) {
    lines.push_back({std::string{line->text}, line->number, line->too_long});
  }
  return lines;
}

}  // namespace

TEST_CASE("lines come out as they went in, with their numbers") {
  struct Case {
    std::string_view why;
    std::string_view text;
    std::vector<Read> lines;
  };
  const auto row = GENERATE(values<Case>({
      {"nothing", "", {}},
      {"one", "a\n", {{"a", 1, false}}},
      {"the last without its end", "a\nbc", {{"a", 1, false}, {"bc", 2, false}}},
      {"empty ones count", "\n\nx\n", {{"", 1, false}, {"", 2, false}, {"x", 3, false}}},
      {"a carriage return stays", "a\r\n", {{"a\r", 1, false}}},
  }));
  CAPTURE(row.why);
  const TextFile file{row.text};
  CHECK(all_lines(file.fd()) == row.lines);
}

TEST_CASE("lines that lie across blocks are whole") {
  std::string text;
  std::size_t count = 0;
  while (text.size() < 3 * LineReader::kBlock) {
    text += std::string(1 + count * 7919 % 60'000, static_cast<char>('a' + count % 26)) + "\n";
    ++count;
  }
  const TextFile file{text};
  std::string joined;
  const auto lines = all_lines(file.fd());
  for (const Read& line : lines) joined += line.text + "\n";
  CHECK(lines.size() == count);
  CHECK(joined == text);
}

TEST_CASE("a line of 64 KiB is read, a longer one is said to be too long and passed over") {
  const std::size_t size =
      GENERATE(values<std::size_t>({LineReader::kMaxLine, LineReader::kMaxLine + 1,
                                    LineReader::kBlock, 3 * LineReader::kBlock + 17}));
  const bool ended = GENERATE(true, false);
  CAPTURE(size, ended);
  const TextFile file{"first\n" + std::string(size, 'x') + (ended ? "\nlast\n" : "")};

  const auto lines = all_lines(file.fd());

  REQUIRE(lines.size() == (ended ? 3 : 2));
  CHECK(lines[0] == Read{"first", 1, false});
  CHECK(lines[1].number == 2);
  CHECK(lines[1].too_long == (size > LineReader::kMaxLine));
  if (ended) CHECK(lines[2] == Read{"last", 3, false});
}

TEST_CASE("a pipe is read as it comes, without waiting") {
  std::array<int, 2> pipe_fds{};
  REQUIRE(pipe2(pipe_fds.data(), O_CLOEXEC) == 0);
  LineReader reader{pipe_fds[0]};

  CHECK(reader.fill().value() == Fill::wait);
  REQUIRE(write(pipe_fds[1], "ab", 2) == 2);
  CHECK(reader.fill().value() == Fill::more);
  CHECK_FALSE(reader.next());
  CHECK(reader.fill().value() == Fill::wait);
  REQUIRE(write(pipe_fds[1], "c\nd", 3) == 3);
  CHECK(reader.fill().value() == Fill::more);
  CHECK(reader.next()->text == "abc");
  CHECK_FALSE(reader.next());
  close(pipe_fds[1]);
  CHECK(reader.fill().value() == Fill::end);
  CHECK(reader.next()->text == "d");
  CHECK_FALSE(reader.next());
  CHECK(reader.fill().value() == Fill::end);
  close(pipe_fds[0]);
}

TEST_CASE("a folder cannot be read, and the reason is told") {
  const btcw::test::TempFolder folder;
  const int fd = open(folder.path().c_str(), O_RDONLY | O_CLOEXEC);
  LineReader reader{fd};
  const auto filled = reader.fill();
  REQUIRE_FALSE(filled);
  CHECK(filled.error().code == btcw::Errc::unavailable);
  CHECK(filled.error().message == "cannot read: Is a directory");
  close(fd);
}
