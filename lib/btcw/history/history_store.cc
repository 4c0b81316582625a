#include "btcw/history/history_store.h"

#include "btcw/history/history_module.h"
#include "btcw/store/store_module.h"

namespace btcw::history {

std::filesystem::path history_file(const std::filesystem::path& state_dir) {
  return state_dir / "history.db";
}

Result<std::unique_ptr<HistoryStore>> open_history_store(const std::filesystem::path& file) {
  static const auto kLoaded = load_store_module<HistoryModule>("btcw_history_module");
  if (!kLoaded) return kLoaded.error();
  return (*kLoaded)->open(file).within("history");
}

}  // namespace btcw::history
