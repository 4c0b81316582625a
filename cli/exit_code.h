#pragma once

#include "btcw/base/result.h"

namespace btcw::cli {

/// What a command tells its caller; the same meaning everywhere.
enum class ExitCode : int {
  ok = 0,            ///< done; condition true; token valid
  failed = 1,        ///< failed; condition false; token invalid
  usage = 2,         ///< usage or configuration error
  partial = 3,       ///< some symbols or messages failed, others did not
  no_data = 4,       ///< no data, or only data older than asked for
  rate_limited = 5,  ///< a rate limit or a ban is still in force
  key_unusable = 6,  ///< a key is missing, too short, of the wrong kind, or readable by others
  token_expired = 7,
  token_not_yet_valid = 8,
  claim_mismatch = 9,
  token_revoked = 10,
  temporary = 75,  ///< try again later
  interrupted = 130,
  closed_pipe = 141,  ///< nobody reads the output any more; what a shell reports for SIGPIPE
  terminated = 143,
};

/// The exit code of a command that ended because of an error.
ExitCode exit_code_for(Errc code);

}  // namespace btcw::cli
