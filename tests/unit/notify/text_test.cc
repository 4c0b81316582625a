#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/utf8.h"
#include "btcw/notify/text/clean_text.h"
#include "btcw/notify/text/split_text.h"
#include "support/seeded_random.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder

TEST_CASE("clean_text leaves what a service may show") {
  struct Case {
    std::string_view why;
    std::string text;
    std::string expected;
  };
  const auto row = GENERATE(values<Case>({
      {"plain", "BTC 97123.40", "BTC 97123.40"},
      {"line ends", "a\r\nb\rc\nd", "a\nb\nc\nd"},
      {"line and paragraph separators", "a\u2028b\u2029c", "a\nb\nc"},
      {"a tab stays", "a\tb", "a\tb"},
      {"C0, DEL and C1", "a\x01\x1b[31mb\x7f\u0085c", "a[31mbc"},
      {"NUL", std::string("a\0b", 3), "ab"},
      {"direction overrides", "a\u202eb\u2066c\u2069d", "abcd"},
      {"a byte order mark", "\uFEFFa", "a"},
      {"not UTF-8",
       "a\xff"
       "b\xc3",
       "a\uFFFDb\uFFFD"},
      {"overlong", "\xc0\xaf", "\uFFFD\uFFFD"},
      {"a surrogate", "\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},
      {"emoji joined by U+200D", "👩‍🚀", "👩‍🚀"},
      {"white space at the end", "a \n\t\n", "a"},
      {"empty lines at the start, but not the indent", "\n\n  a\n  b", "  a\n  b"},
      {"nothing", "\x01\n ", ""},
  }));
  CAPTURE(row.why);
  CHECK(clean_text(row.text) == row.expected);
}

TEST_CASE("clean_line puts all on one line") {
  CHECK(clean_line("  a\n\n b\tc  ") == "a b c");
  CHECK(clean_line("a\r\nBcc: x") == "a Bcc: x");
  CHECK(clean_line("\n").empty());
}

TEST_CASE("split_text cuts at lines, then at words, then between characters") {
  struct Case {
    std::string_view why;
    std::string text;
    SplitLimits limits;
    std::vector<std::string> pieces;
  };
  const auto row = GENERATE(values<Case>({
      {"fits", "abc", {3, 3, cost_in_bytes}, {"abc"}},
      {"empty", "", {3, 3, cost_in_bytes}, {""}},
      {"at the line", "abcd\nef gh", {7, 7, cost_in_bytes}, {"abcd", "ef gh"}},
      {"at the line that just fits", "abc\ndef", {3, 3, cost_in_bytes}, {"abc", "def"}},
      {"at the word", "abc def ghi", {8, 8, cost_in_bytes}, {"abc def", "ghi"}},
      {"a word that just fits", "abc def", {3, 3, cost_in_bytes}, {"abc", "def"}},
      {"not at a line that leaves next to nothing",
       "a\nbbbbbbbb cccc",
       {12, 12, cost_in_bytes},
       {"a\nbbbbbbbb", "cccc"}},
      {"no place to cut", "abcdefgh", {3, 3, cost_in_bytes}, {"abc", "def", "gh"}},
      {"several line ends in a row", "abc\n\n\ndef", {4, 4, cost_in_bytes}, {"abc", "def"}},
      {"the first piece is shorter", "abcdefgh", {2, 5, cost_in_bytes}, {"ab", "cdefg", "h"}},
      {"never inside a UTF-8 sequence", "ééé", {3, 3, cost_in_bytes}, {"é", "é", "é"}},
      {"a surrogate pair counts two", "😀😀😀", {4, 4, cost_in_utf16}, {"😀😀", "😀"}},
      {"and one as a character", "😀😀😀", {2, 2, cost_in_characters}, {"😀😀", "😀"}},
      {"an accent stays with its letter",
       "abe\u0301",
       {3, 3, cost_in_characters},
       {"ab", "e\u0301"}},
      {"a joined emoji stays whole",
       "a👩‍🚀",
       {3, 4, cost_in_characters},
       {"a", "👩‍🚀"}},
      {"unless it fits nowhere",
       "e\u0301\u0301\u0301",
       {2, 2, cost_in_characters},
       {"e\u0301", "\u0301\u0301"}},
      {"escaped signs cost more", "<<<<", {8, 8, cost_in_html_utf16}, {"<<", "<<"}},
      {"no more than so many pieces",
       "aaa bbb ccc ddd",
       {3, 3, cost_in_characters, 2},
       {"aaa", "bb…"}},
      {"so many pieces just do", "aaa bbb", {3, 3, cost_in_characters, 2}, {"aaa", "bbb"}},
      {"one piece", "aaa bbb", {6, 6, cost_in_characters, 1}, {"aaa b…"}},
  }));
  CAPTURE(row.why, row.text);
  CHECK(split_text(row.text, row.limits) == row.pieces);
}

TEST_CASE("truncate_text leaves room for the ellipsis") {
  struct Case {
    std::string text;
    std::size_t limit;
    TextCost cost;
    std::string expected;
  };
  const auto row = GENERATE(values<Case>({
      {"abc", 3, cost_in_bytes, "abc"},
      {"abcdefg", 5, cost_in_bytes, "ab…"},
      {"abcdefg", 5, cost_in_characters, "abcd…"},
      {"abc defg", 5, cost_in_characters, "abc…"},
      {"éééé", 6, cost_in_bytes, "é…"},
      {"😀😀", 3, cost_in_utf16, "😀…"},
      {"abcd", 3, cost_in_bytes, "…"},
      {"abcd", 2, cost_in_bytes, ""},
      {"", 0, cost_in_bytes, ""},
  }));
  CAPTURE(row.text, row.limit);
  CHECK(truncate_text(row.text, row.limit, row.cost) == row.expected);
}

TEST_CASE("pieces of any text keep the limits and lose nothing but white space") {
  const auto seed = GENERATE(range(1, 60));
  test::SeededRandom random{static_cast<std::uint64_t>(seed)};
  const std::vector<std::string> letters{"a", "é", "価", "😀", " ", "\n", "<", "*", "e\u0301", "ab"};
  const auto number = [&random](std::size_t below) { return random.below(below); };
  std::string text;
  for (int i = 0; i < 200; ++i) text += letters[number(letters.size())];
  text = clean_text(text);
  const TextCost cost = std::vector<TextCost>{cost_in_bytes, cost_in_utf16, cost_in_html_utf16,
                                              cost_in_json_bytes}[number(4)];
  const SplitLimits limits{10 + number(20), 10 + number(40), cost, 1000};

  const auto pieces = split_text(text, limits);

  const auto solid = [](std::string all) {
    all.erase(std::remove_if(all.begin(), all.end(), [](char c) { return c == ' ' || c == '\n'; }),
              all.end());
    return all;
  };
  std::string joined;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    CAPTURE(i, pieces[i]);
    CHECK(total_cost(pieces[i], cost) <= (i == 0 ? limits.first : limits.rest));
    CHECK(clean_text(pieces[i]) == pieces[i]);
    CHECK((pieces.size() == 1 || !pieces[i].empty()));
    joined += pieces[i];
  }
  CHECK(solid(joined) == solid(text));
}
