#include "btcw/process/command_words.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

using btcw::join_command;
using btcw::split_command;
using Words = std::vector<std::string>;

TEST_CASE("a command is split into words without a shell") {
  struct Case {
    std::string text;
    std::optional<Words> words;  // nullopt: refused
  };
  const auto row = GENERATE(values<Case>({
      {"pass show proxy", Words{"pass", "show", "proxy"}},
      {"  pass\t show \n", Words{"pass", "show"}},
      {"a 'b c' d", Words{"a", "b c", "d"}},
      {"a \"b c\" d", Words{"a", "b c", "d"}},
      {"a b\\ c", Words{"a", "b c"}},
      {"a 'x'\"y\"z", Words{"a", "xyz"}},
      {"a ''", Words{"a", ""}},
      {R"(a "q\"q" "b\\b" "n\n")", Words{"a", "q\"q", "b\\b", "n\\n"}},
      {R"(a 'q\' b)", Words{"a", "q\\", "b"}},
      {"a $HOME `id` $(id) ; | > * ~ #x",
       Words{"a", "$HOME", "`id`", "$(id)", ";", "|", ">", "*", "~", "#x"}},
      {"", std::nullopt},
      {" \t", std::nullopt},
      {"''", std::nullopt},
      {"a 'b", std::nullopt},
      {"a \"b", std::nullopt},
      {"a \"b\\\"", std::nullopt},
      {"a \\", std::nullopt},
      {std::string{"a\0b", 3}, std::nullopt},
  }));
  CAPTURE(row.text);

  const auto words = split_command(row.text);

  REQUIRE(words.has_value() == row.words.has_value());
  if (row.words) CHECK(*words == *row.words);
}

TEST_CASE("joined words are split into the same words again") {
  const auto words = GENERATE(values<Words>({
      {"pass", "show", "proxy"},
      {"/opt/my tools/tell", "", "two words", "tab\there", "line\nend"},
      {"a", "it's", R"(say "hello")", R"(back\slash)", R"(\)", R"(")", "'"},
      {"a", "$HOME", "`id`", "naïve ✓"},
  }));
  const std::string command = join_command(words);
  CAPTURE(command);

  const auto again = split_command(command);

  REQUIRE(again.has_value());
  CHECK(*again == words);
}
