#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"
#include "btcw/config/config.h"
#include "btcw/queue/queue.h"

namespace btcw::cli {

/// Channels that were named by their URL. The URL holds secrets and the queue none: so it lies in a
/// file of its own (0600) in the state folder, and messages name that.
class AdHocChannels {
 public:
  explicit AdHocChannels(const Config& config) : folder_{config.general.state_dir / "adhoc"} {}

  /// Keeps the URL; the same one has the same name. "@FILE" stands for the first line of a file.
  /// Returns the name of the channel: "adhoc:…".
  /// Errors: invalid_input (no channel can be made of it), unavailable.
  Result<std::string> keep(std::string_view url) const;
  /// The URL by what follows "adhoc:".
  /// Errors: not_found.
  [[nodiscard]] Result<std::string> read(std::string_view name) const;
  /// Removes what was not asked for in 30 days and no message of the queue names. What cannot be
  /// removed stays for the next time.
  void remove_unused(Queue& queue, const Clock& clock) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace btcw::cli
