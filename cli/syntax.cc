#include "syntax.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <system_error>

#include "btcw/base/quoted.h"

namespace btcw::cli {
namespace {

/// The long name, as errors spell it.
std::string name_in_errors(const std::string& names) { return names.substr(names.find("--")); }

CLI::callback_t taking(const std::string& names, Syntax::Take take) {
  return [name = name_in_errors(names), take = std::move(take)](const CLI::results_t& texts) {
    for (const std::string& text : texts) {
      const auto taken = take(text);
      if (!taken) throw CLI::ValidationError(name, taken.error().message);
    }
    return true;
  };
}

}  // namespace

Syntax Syntax::command(const std::string& name, const std::string& help) {
  return Syntax{*app_->add_subcommand(name, help), *chosen_, arguments_};
}

bool Syntax::is_named() const {
  return std::any_of(arguments_.begin(), arguments_.end(),
                     [&](const char* argument) { return argument == app_->get_name(); });
}

void Syntax::needs_command() { app_->require_subcommand(1); }

void Syntax::footer(std::string_view text) { app_->footer(std::string{text}); }

void Syntax::argument(const std::string& name, const std::string& help, std::string& into) {
  app_->add_option(name, into, help);
}

void Syntax::arguments(const std::string& name, const std::string& help,
                       std::vector<std::string>& into) {
  app_->add_option(name, into, help);
}

void Syntax::flag(const std::string& names, const std::string& help, bool& into) {
  app_->add_flag(names, into, help);
}

void Syntax::count(const std::string& names, const std::string& help, int& into) {
  app_->add_flag(names, into, help);
}

void Syntax::option(const std::string& names, const std::string& what, const std::string& help,
                    Take take) {
  app_->add_option(names, taking(names, std::move(take)), help)->type_name(what)->take_last();
}

void Syntax::each(const std::string& names, const std::string& what, const std::string& help,
                  Take take) {
  app_->add_option(names, taking(names, std::move(take)), help)
      ->type_name(what)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
}

void Syntax::option_with_or_without(const std::string& names, const std::string& what,
                                    const std::string& help, Take take) {
  app_->add_option(names, taking(names, std::move(take)), help)->type_name(what)->expected(0, 1);
}

void Syntax::exclude(const std::string& name, const std::string& other) {
  app_->get_option(name)->excludes(app_->get_option(other));
}

void Syntax::run(Action action, std::function<Result<void>()> check) {
  app_->callback([action = std::move(action), check = std::move(check), chosen = chosen_] {
    if (check) {
      const auto checked = check();
      if (!checked) throw CLI::ValidationError(checked.error().message);
    }
    *chosen = action;
  });
}

Result<std::int64_t> Syntax::read_number(std::string_view text, std::int64_t least,
                                         std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || value < least || value > most) {
    return Error{Errc::invalid_input,
                 fmt::format("not a whole number from {} to {}: {}", least, most, quoted(text))};
  }
  return value;
}

}  // namespace btcw::cli
