#pragma once

#include <memory>

#include "btcw/base/log.h"
#include "btcw/config/config.h"
#include "btcw/history/history_store.h"

namespace btcw::cli {

/// The history of the state folder, for who only asks: none is made. nullptr: there is none, or,
/// which is told, none that can be opened.
std::unique_ptr<history::HistoryStore> open_known_history(const Config& config, Log& log);

}  // namespace btcw::cli
