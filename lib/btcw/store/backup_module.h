#pragma once

#include <filesystem>

#include "btcw/base/result.h"

namespace btcw {

/// What libbtcw-store hands to back_up_database(). The version comes first and keeps its place.
struct BackupModule {
  const char* version;
  Result<void> (*back_up)(const std::filesystem::path& database,
                          const std::filesystem::path& target);
};

}  // namespace btcw

/// The entry point of the module for backups. The table lives as long as the process.
extern "C" const btcw::BackupModule* btcw_backup_module() noexcept;
