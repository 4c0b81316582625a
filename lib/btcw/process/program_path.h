#pragma once

#include <string>

#include "btcw/base/environment.h"
#include "btcw/base/result.h"

namespace btcw {

/// The file that a program's name stands for: a name with a '/' as it is, another looked up in the
/// folders of $PATH, but for relative ones.
/// Errors: not_found when there is no such file, or none that may be run.
Result<std::string> find_program(const std::string& name, const Environment& environment);

}  // namespace btcw
