#pragma once

#include "btcw/store/journal.h"

namespace btcw {

/// What libbtcw-store hands to open_journal(). The version comes first and keeps its place.
struct JournalModule {
  const char* version;
  Result<std::unique_ptr<Journal>> (*open)(const std::filesystem::path& file);
};

}  // namespace btcw

/// The entry point of the module for the journal. The table lives as long as the process.
extern "C" const btcw::JournalModule* btcw_journal_module() noexcept;
