#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "btcw/agenda/actions.h"
#include "btcw/agenda/digest.h"
#include "btcw/agenda/price_trail.h"
#include "btcw/config/config.h"
#include "btcw/history/history_store.h"
#include "delivery_stage.h"
#include "session.h"

namespace btcw::cli {

/// What schedules work with, as of one reading of the configuration. A run keeps the one that it
/// began with.
struct ActionSettings {
  Config config;  ///< without secrets of channels
  std::vector<SymbolRequest> watched = {};
  bool simulated = false;                             ///< no exchange is asked
  std::unique_ptr<DeliveryStage> delivery = nullptr;  ///< nullptr: nothing is drained
  std::mutex delivery_in_use = {};

  explicit ActionSettings(Config from) : config{std::move(from)} {}
};

/// The actions of schedules, made of the configuration and this process's ports.
class WatchActions final : public Actions {
 public:
  /// All is borrowed. `log` is where lines go that are not those of a command.
  WatchActions(const PriceTrail& trail, Session& session, Log& log)
      : trail_{trail}, session_{session}, log_{log} {}

  /// What runs from now on works with these. From any thread.
  void set(std::shared_ptr<ActionSettings> settings);

  Result<std::string> run(const ActionRun& run) override;

 private:
  Result<std::string> digest(const ActionRun& run, ActionSettings& settings);
  Result<std::string> drain(const ActionRun& run, ActionSettings& settings);
  Result<std::string> prune_all(const ActionRun& run, ActionSettings& settings);
  Result<std::string> check(const ActionRun& run, ActionSettings& settings);
  Result<std::string> backup(const ActionRun& run, ActionSettings& settings);
  [[nodiscard]] std::vector<SymbolRequest> symbols_of(const ActionRun& run,
                                                      const ActionSettings& settings) const;
  void add_past(history::HistoryStore& store, const ActionSettings& settings, DigestRow& row);
  Result<void> send(const ActionRun& run, const ActionSettings& settings, std::string title,
                    std::string body);

  const PriceTrail& trail_;
  Session& session_;
  Log& log_;
  std::mutex mutex_;  ///< guards what is below
  std::shared_ptr<ActionSettings> settings_;
  std::map<std::string, std::string, std::less<>> faults_told_;  ///< by schedule
};

}  // namespace btcw::cli
