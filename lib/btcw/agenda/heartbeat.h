#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "btcw/agenda/heartbeat_options.h"
#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw {

/// What a look at a heartbeat's file shows.
struct HeartbeatSight {
  /// When the file was last written; nullopt: there is none.
  std::optional<UtcTime> written = std::nullopt;
  /// The last line with the text, where one is asked for; empty: there is none.
  std::string line = {};
};

/// Looks at the file: its time, and the last line that holds options.contains, within the last
/// megabyte. Errors: unavailable (it is there and cannot be read).
Result<HeartbeatSight> look_at(const HeartbeatOptions& options);

enum class HeartbeatChange { none, lost, back };

/// The judgement over one heartbeat, from look to look.
///
/// The sign of life is the file's own time or, with `contains`, the moment at which another line
/// with the text was seen; at the first look, the file's time stands for it, so that a restart
/// neither hides nor invents one. A file that is not there has until `max_age` after the start.
class Heartbeat {
 public:
  /// `lost`: it was told to be lost before a restart.
  Heartbeat(bool lost, UtcTime start) : lost_{lost}, sign_{start} {}

  HeartbeatChange look(const HeartbeatSight& sight, const HeartbeatOptions& options, UtcTime now);

  [[nodiscard]] bool is_lost() const { return lost_; }
  [[nodiscard]] UtcTime sign() const { return sign_; }

 private:
  bool lost_;
  bool seen_ = false;  ///< a look has found something
  UtcTime sign_;
  std::string line_;
};

}  // namespace btcw
