#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/environment.h"
#include "btcw/base/result.h"
#include "btcw/base/secret.h"
#include "btcw/base/time.h"

namespace btcw {

struct CommandLimits {
  milliseconds time = seconds{10};
  std::size_t max_bytes = std::size_t{64} * 1024;
};

/// What the program `words[0]` (looked for in $PATH) prints, without the one line end at its end.
/// It gets the environment, an empty stdin and our stderr; when its time is over, it and its
/// process group are killed. Errors: not_found when there is no such program; unavailable when it
/// cannot be started, ends with another status than 0, takes too long, or prints nothing or too
/// much. No message holds output. Precondition: words is not empty.
Result<Secret> run_secret_command(const std::vector<std::string>& words,
                                  const Environment& environment, CommandLimits limits = {});

}  // namespace btcw
