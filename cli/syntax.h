#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "btcw/base/result.h"
#include "session.h"

namespace CLI {
class App;
}

namespace btcw::cli {

/// What the command line asks for, ready to be run.
using Action = std::function<ExitCode(Session&)>;

/// A word of an option with a fixed set of them.
template <typename T>
struct Choice {
  std::string_view word;
  T value;
};

/// The arguments and options of one command, as they are declared: a thin face of CLI11, whose
/// headers cost seconds of compile time a file.
///
/// `names` is "-x,--exchange"; `what` is what help shows for the value; `into` outlives parsing.
/// The last one given wins, where an option does not collect. A value that `parse` refuses is a
/// usage error: "--max-age: not a duration: …". No function here fails.
class Syntax {
 public:
  /// Takes one text of an option; an error is a usage error.
  using Take = std::function<Result<void>(std::string_view text)>;

  /// All are borrowed; `chosen` is set when a command was named; `arguments` is the command line.
  Syntax(CLI::App& app, Action& chosen, std::span<char* const> arguments)
      : app_{&app}, chosen_{&chosen}, arguments_{arguments} {}

  /// Declares a command of this one. What the result declares goes to it.
  Syntax command(const std::string& name, const std::string& help);
  /// Whether the command line has this command's name. Where it does not, nobody asks for its
  /// options, and declaring those of all commands takes longer than an answer from the cache.
  [[nodiscard]] bool is_named() const;
  /// This command is nothing without one of its own commands.
  void needs_command();
  /// Text below the options in --help.
  void footer(std::string_view text);

  /// Positional arguments: one that may be left out (`into` keeps what it has), and as many as
  /// there are.
  void argument(const std::string& name, const std::string& help, std::string& into);
  void arguments(const std::string& name, const std::string& help, std::vector<std::string>& into);

  void flag(const std::string& names, const std::string& help, bool& into);
  /// A flag whose number of times counts (-vv).
  void count(const std::string& names, const std::string& help, int& into);
  /// An option with a value.
  void option(const std::string& names, const std::string& what, const std::string& help,
              Take take);
  /// An option that may be given several times; each text goes to `take`, in order.
  void each(const std::string& names, const std::string& what, const std::string& help, Take take);
  /// An option whose value may be left out: "" then.
  void option_with_or_without(const std::string& names, const std::string& what,
                              const std::string& help, Take take);
  /// The two do not go together.
  void exclude(const std::string& name, const std::string& other);

  /// A text as it is: std::string, std::optional<std::string> or a path.
  template <typename T>
  void text(const std::string& names, const std::string& what, const std::string& help, T& into) {
    option(names, what, help, [&into](std::string_view given) -> Result<void> {
      into = std::string{given};
      return {};
    });
  }
  /// Several texts, one each time.
  template <typename T>
  void texts(const std::string& names, const std::string& what, const std::string& help,
             std::vector<T>& into) {
    each(names, what, help, [&into](std::string_view given) -> Result<void> {
      into.emplace_back(std::string{given});
      return {};
    });
  }
  /// A whole number from `least` to `most`.
  template <typename T>
  void number(const std::string& names, const std::string& what, const std::string& help, T& into,
              std::int64_t least, std::int64_t most) {
    option(names, what, help, [&into, least, most](std::string_view given) -> Result<void> {
      const auto value = read_number(given, least, most);
      if (!value) return value.error();
      if constexpr (std::is_integral_v<T>) {
        into = static_cast<T>(*value);
      } else {
        into = static_cast<typename T::value_type>(*value);
      }
      return {};
    });
  }
  /// A text that `parse` (string_view to Result<U>) turns into `into`, at the edge.
  template <typename T, typename Parse>
  void parsed(const std::string& names, const std::string& what, const std::string& help, T& into,
              Parse parse) {
    option(names, what, help, [&into, parse](std::string_view given) -> Result<void> {
      auto value = parse(given);
      if (!value) return std::move(value).error();
      into = *std::move(value);
      return {};
    });
  }
  /// One of a few words. Help shows them: "auto|always|never".
  template <typename T>
  void choice(const std::string& names, const std::string& help, T& into,
              std::span<const Choice<T>> choices) {
    std::string words;
    for (const Choice<T>& choice : choices) {
      if (!words.empty()) words += '|';
      words += choice.word;
    }
    parsed(names, words, help, into, [choices, words](std::string_view given) -> Result<T> {
      const auto found = std::find_if(choices.begin(), choices.end(), [&](const Choice<T>& choice) {
        return choice.word == given;
      });
      if (found != choices.end()) return found->value;
      return Error{Errc::invalid_input, "'" + std::string{given} + "' is none of " + words};
    });
  }

  /// What to do when this command is named. `check` refuses what does not go together, as a usage
  /// error, once all of the command line was read.
  void run(Action action, std::function<Result<void>()> check = {});

 private:
  static Result<std::int64_t> read_number(std::string_view text, std::int64_t least,
                                          std::int64_t most);

  CLI::App* app_;
  Action* chosen_;
  std::span<char* const> arguments_;
};

}  // namespace btcw::cli
