#include "btcw/store/backup.h"

#include "btcw/store/backup_module.h"
#include "btcw/store/store_module.h"

namespace btcw {

Result<void> back_up_database(const std::filesystem::path& database,
                              const std::filesystem::path& target) {
  static const auto kLoaded = load_store_module<BackupModule>("btcw_backup_module");
  if (!kLoaded) return kLoaded.error();
  return (*kLoaded)->back_up(database, target).within("backup");
}

}  // namespace btcw
