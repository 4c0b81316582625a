#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"
#include "btcw/base/secret.h"
#include "btcw/config/config.h"
#include "btcw/queue/queue.h"

namespace btcw::cli {

/// Channels that were named by their URL. The URL holds secrets and the queue none: so it lies in a
/// file of its own (0600) in the state folder, and messages name that.
class AdHocChannels {
 public:
  /// How long a URL is of use.
  enum class Keeping {
    beyond_process,  ///< a message of the queue names it
    in_memory,       ///< nothing does that outlives this process
  };
  explicit AdHocChannels(const Config& config, Keeping keeping = Keeping::beyond_process)
      : folder_{config.general.state_dir / "adhoc"}, keeping_{keeping} {}

  /// Keeps the URL; the same one has the same name. "@FILE" stands for the first line of a file.
  /// Returns the name of the channel: "adhoc:…".
  /// Errors: invalid_input (no channel can be made of it), unavailable.
  Result<std::string> keep(std::string_view url);
  /// The URL by what follows "adhoc:".
  /// Errors: not_found.
  [[nodiscard]] Result<std::string> read(std::string_view name) const;
  /// Removes what was not asked for in 30 days and no message of the queue names. What cannot be
  /// removed stays for the next time.
  void remove_unused(Queue& queue, const Clock& clock) const;

 private:
  Result<void> write(const std::string& name, const std::string& url) const;

  std::filesystem::path folder_;
  Keeping keeping_;
  std::map<std::string, Secret, std::less<>> in_memory_ = {};  ///< by what follows "adhoc:"
};

}  // namespace btcw::cli
