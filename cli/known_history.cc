#include "known_history.h"

#include <filesystem>
#include <system_error>

namespace btcw::cli {

std::unique_ptr<history::HistoryStore> open_known_history(const Config& config, Log& log) {
  const auto file = history::history_file(config.general.state_dir);
  std::error_code ignored;  // then there is nothing to be read either
  if (!std::filesystem::exists(file, ignored)) return nullptr;
  auto store = history::open_history_store(file);
  if (store) return *std::move(store);
  log.warning(store.error().message);
  return nullptr;
}

}  // namespace btcw::cli
