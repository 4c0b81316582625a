#include "exchange_option.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "symbol_arguments.h"

namespace btcw::cli {
namespace {

void add_exchanges(const std::vector<std::string>& names, std::vector<ExchangeName>& exchanges) {
  for (const std::string& text : names) {
    const auto name = read_exchange(text);
    if (!name) throw CLI::ValidationError("--exchange", name.error().message);
    if (std::find(exchanges.begin(), exchanges.end(), *name) == exchanges.end()) {
      exchanges.push_back(*name);
    }
  }
}

}  // namespace

void add_exchange_option(CLI::App& command, const std::string& help,
                         std::vector<ExchangeName>& into) {
  command
      .add_option_function<std::vector<std::string>>(
          "-e,--exchange",
          [&into](const std::vector<std::string>& names) { add_exchanges(names, into); }, help)
      ->type_name("NAME[,NAME]")
      ->delimiter(',')
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
}

}  // namespace btcw::cli
