#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "btcw/base/result.h"

namespace btcw::cli {

/// Adds an option whose text `parse` (string_view to Result<T>) turns into `into`, at the edge.
/// The last one given wins. `names` is "-x,--exchange"; `what` is what help shows for the value.
/// A refused text is a usage error: "--max-age: not a duration: …".
template <typename T, typename Parse>
CLI::Option* add_parsed_option(CLI::App& app, const std::string& names, const std::string& what,
                               const std::string& help, T& into, Parse parse) {
  const std::string name = names.substr(names.find("--"));
  return app
      .add_option_function<std::string>(
          names,
          [&into, parse, name](const std::string& text) {
            auto value = parse(std::string_view{text});
            if (!value) throw CLI::ValidationError(name, value.error().message);
            into = *std::move(value);
          },
          help)
      ->type_name(what)
      ->take_last();
}

/// A word of an option with a fixed set of them.
template <typename T>
struct Choice {
  std::string_view word;
  T value;
};

/// Adds an option whose value is one of a few words. Help shows them: "auto|always|never".
template <typename T>
CLI::Option* add_choice_option(CLI::App& app, const std::string& names, const std::string& help,
                               T& into, std::span<const Choice<T>> choices) {
  std::string words;
  for (const Choice<T>& choice : choices) {
    if (!words.empty()) words += '|';
    words += choice.word;
  }
  const auto parse = [choices, words](std::string_view text) -> Result<T> {
    const auto found = std::find_if(choices.begin(), choices.end(),
                                    [&](const Choice<T>& choice) { return choice.word == text; });
    if (found != choices.end()) return found->value;
    return Error{Errc::invalid_input, "'" + std::string{text} + "' is none of " + words};
  };
  return add_parsed_option(app, names, words, help, into, parse);
}

}  // namespace btcw::cli
