#include "exit_code.h"

namespace btcw::cli {

ExitCode exit_code_for(Errc code) {
  switch (code) {
    case Errc::invalid_input:
      return ExitCode::usage;
    case Errc::rate_limited:
      return ExitCode::rate_limited;
    case Errc::not_found:
    case Errc::unavailable:
    case Errc::rejected:
    case Errc::bad_data:
      return ExitCode::failed;
  }
  return ExitCode::failed;
}

}  // namespace btcw::cli
