#include "btcw/store/journal.h"

#include "btcw/store/journal_module.h"
#include "btcw/store/store_module.h"

namespace btcw {

std::filesystem::path journal_file(const std::filesystem::path& state_dir) {
  return state_dir / "watch.db";
}

Result<std::unique_ptr<Journal>> open_journal(const std::filesystem::path& file) {
  static const auto kLoaded = load_store_module<JournalModule>("btcw_journal_module");
  if (!kLoaded) return kLoaded.error();
  return (*kLoaded)->open(file).within("journal");
}

}  // namespace btcw
