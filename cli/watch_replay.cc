#include "watch_replay.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/online/online.h"
#include "btcw/watch/replay_source.h"
#include "symbol_arguments.h"
#include "watch_stage.h"

namespace btcw::cli {
namespace {

/// The recording: a file of its own, or stdin, which is borrowed.
class Recording {
 public:
  static Result<Recording> open(const std::string& name, int in) {
    if (name == "-") return Recording{in, Owner::session};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is declared so.
    const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return Recording{fd, Owner::self};
    const std::string reason = std::error_code{errno, std::generic_category()}.message();
    return Error{Errc::invalid_input,
                 fmt::format("cannot open {}: {}", btcw::quoted(name), reason)};
  }
  Recording(Recording&& other) noexcept
      : fd_{other.fd_}, owner_{std::exchange(other.owner_, Owner::session)} {}
  Recording& operator=(Recording&&) = delete;
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording() {
    if (owner_ == Owner::self) close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  enum class Owner { self, session };
  Recording(int fd, Owner owner) : fd_{fd}, owner_{owner} {}

  int fd_;
  Owner owner_;
};

Result<ReplayOptions> replay_options(const WatchArguments& arguments, const Config& config,
                                     Session& session) {
  ReplayOptions options{.speed = arguments.replay_speed.value_or(ReplaySpeed{}),
                        .exchanges = arguments.exchanges};
  if (arguments.symbols.empty()) return options;
  auto symbols = read_symbols(arguments.symbols, config, session);
  if (!symbols) return std::move(symbols).error();
  options.only = std::move(symbols->requests);
  return options;
}

ExitCode exit_code_of(const ReplayStatus& status) {
  if (status.tickers == 0) return ExitCode::no_data;
  return status.bad_lines > 0 ? ExitCode::partial : ExitCode::ok;
}

ExitCode replay(const WatchArguments& arguments, const Config& config, Session& session) {
  auto options = replay_options(arguments, config, session);
  if (!options) return fail(options.error(), session);
  const auto recording = Recording::open(*arguments.replay, session.in);
  if (!recording) return fail(recording.error(), session);
  const auto online = load_online();
  if (!online) return fail(online.error(), session);
  const auto reader = (*online)->make_ticker_reader();

  const ReplaySpeed speed = options->speed;
  WatchStage stage{{.output = output_for(arguments, session),
                    .ages = Ages::recording,
                    .flush = speed.unlimited() ? Flush::when_full : Flush::at_once,
                    .run_for = arguments.run_for},
                   session};
  stage.open_cache(config);
  stage.show(options->only, fmt::format("btcw watch  REPLAY of {}", *arguments.replay),
             config.cache.ttl);
  ReplaySource source{recording->fd(), *std::move(options), {*reader, session.clock, stage.log()}};
  const auto report = [&] {
    return fmt::format("watch: replay of {}, up {}, {} tickers, {} bad lines", *arguments.replay,
                       to_string(std::chrono::floor<seconds>(stage.uptime())),
                       source.status().tickers, source.status().bad_lines);
  };
  const auto code = stage.run(source, {.report = report, .status_line = report});
  return code.value_or(exit_code_of(source.status()));
}

}  // namespace

ExitCode watch_replay(const WatchArguments& arguments, Session& session) {
  const auto config = session.load_config(SecretFetching::none);
  if (!config) return fail(config.error(), session);
  return replay(arguments, *config, session);
}

}  // namespace btcw::cli
