#pragma once

#include "btcw/history/history_store.h"

namespace btcw::history {

/// What libbtcw-store hands to open_history_store(). The version comes first and keeps its place.
struct HistoryModule {
  const char* version;
  Result<std::unique_ptr<HistoryStore>> (*open)(const std::filesystem::path& file);
};

}  // namespace btcw::history

/// The entry point of the module for the history. The table lives as long as the process.
extern "C" const btcw::history::HistoryModule* btcw_history_module() noexcept;
