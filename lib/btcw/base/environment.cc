#include "btcw/base/environment.h"

#include <unistd.h>

namespace btcw {

Environment Environment::of_process() {
  std::map<std::string, std::string, std::less<>> variables;
  if (environ == nullptr) return Environment{};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    // The first of two with the same name counts, as with getenv(3).
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return Environment{std::move(variables)};
}

std::optional<std::string_view> Environment::get(std::string_view name) const {
  const auto found = variables_.find(name);
  if (found == variables_.end()) return std::nullopt;
  return found->second;
}

}  // namespace btcw
