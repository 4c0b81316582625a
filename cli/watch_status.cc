#include "watch_status.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace btcw::cli {
namespace {

std::string last_cycle_text(const PollingStatus& polling, SteadyTime now) {
  if (!polling.last_at) return "nothing asked yet";
  std::string text =
      fmt::format("last asked {}, took {}: {} answered, {} failed", to_rfc3339(*polling.last_at),
                  to_string(polling.last_took), polling.answered, polling.failed);
  if (polling.rate_limited > 0) text += fmt::format(" ({} by a limit)", polling.rate_limited);
  const auto pause = std::max(polling.next - now, SteadyTime::duration{0});
  return text + "; next in " + to_string(std::chrono::ceil<seconds>(pause));
}

std::string stream_text(const StreamStatus& stream) {
  std::string text =
      fmt::format("{}: {}, {} symbols", stream.exchange.text(), stream.phase, stream.symbols);
  if (stream.next) {
    text += ", next attempt in " + to_string(std::chrono::ceil<seconds>(*stream.next));
  } else {
    text += fmt::format(" for {}, {} tickers", to_string(std::chrono::floor<seconds>(stream.age)),
                        stream.ticks);
  }
  if (stream.silent_for) {
    text += fmt::format(", the last {} ago", to_string(*stream.silent_for));
  }
  if (stream.successor) text += ", being replaced";
  if (stream.rotations > 0) text += fmt::format(", replaced {} times", stream.rotations);
  if (stream.unreadable > 0) text += fmt::format(", {} unreadable frames", stream.unreadable);
  if (stream.failures > 0) text += fmt::format(", {} failures", stream.failures);
  if (!stream.error.empty()) text += "; the last: " + stream.error;
  return text;
}

std::string as_text(const WatchStatus& status, SteadyTime now) {
  std::string text = fmt::format("watch: up {}, {} symbols every {}, {} tickers",
                                 to_string(std::chrono::floor<seconds>(status.uptime)),
                                 status.symbols, to_string(status.interval), status.tickers);
  text += "\n  " + last_cycle_text(status.polling, now);
  for (const auto& [name, exchange] : status.polling.exchanges) {
    fmt::format_to(std::back_inserter(text), "\n  {}: {} tickers, the last {}", name.text(),
                   exchange.tickers, to_rfc3339(exchange.last_at));
  }
  if (!status.streams.empty()) {
    fmt::format_to(std::back_inserter(text), "\n  streams: {} of {} symbols, {} tickers",
                   status.streamed, status.symbols, status.stream_tickers);
  }
  for (const StreamStatus& stream : status.streams) text += "\n    " + stream_text(stream);
  fmt::format_to(std::back_inserter(text), "\n  cache: {} batches written", status.cache_batches);
  if (status.redis) text += as_text(*status.redis);
  if (!status.alerts.empty()) text += "\n  alerts: " + status.alerts;
  fmt::format_to(std::back_inserter(text), "\n  memory: {} KiB", resident_bytes() / 1024);
  return text;
}

/// As JSON, whatever bytes an exchange has put into it.
std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string or_null(const std::optional<milliseconds>& time) {
  return time ? std::to_string(time->count()) : "null";
}

std::string stream_json(const StreamStatus& stream) {
  return fmt::format(
      R"({{"exchange":"{}","phase":"{}","symbols":{},"tickers":{},"age_ms":{},"silent_ms":{},)"
      R"("next_ms":{},"successor":{},"rotations":{},"unreadable":{},"failures":{},"error":{}}})",
      stream.exchange.text(), stream.phase, stream.symbols, stream.ticks, stream.age.count(),
      or_null(stream.silent_for), or_null(stream.next), stream.successor, stream.rotations,
      stream.unreadable, stream.failures, stream.error.empty() ? "null" : json_text(stream.error));
}

// Numbers, and names of letters and digits: nothing but the errors of streams needs an escape.
std::string as_json(const WatchStatus& status, UtcTime now) {
  std::string streams;
  for (const StreamStatus& stream : status.streams) {
    if (!streams.empty()) streams += ',';
    streams += stream_json(stream);
  }
  const PollingStatus& polling = status.polling;
  std::string exchanges;
  for (const auto& [name, exchange] : polling.exchanges) {
    fmt::format_to(std::back_inserter(exchanges), R"({}"{}":{{"tickers":{},"last":{}}})",
                   exchanges.empty() ? "" : ",", name.text(), exchange.tickers,
                   to_unix_ms(exchange.last_at));
  }
  return fmt::format(
      R"({{"time":"{}","level":"info","msg":"status","uptime":{},"symbols":{},"tickers":{},)"
      R"("cycles":{},"answered":{},"failed":{},"rate_limited":{},"last_took_ms":{},)"
      R"("exchanges":{{{}}},"streamed":{},"stream_tickers":{},"streams":[{}],)"
      R"("cache_batches":{},"redis":{},"alerts":{},"resident_bytes":{}}})",
      to_rfc3339(now), status.uptime.count() / 1000, status.symbols, status.tickers, polling.cycles,
      polling.answered, polling.failed, polling.rate_limited, polling.last_took.count(), exchanges,
      status.streamed, status.stream_tickers, streams, status.cache_batches,
      status.redis ? as_json(*status.redis) : "null", status.alert_list, resident_bytes());
}

}  // namespace

std::string describe(const WatchStatus& status, const Clock& clock, const CommonOptions& common) {
  switch (common.log_format) {
    case LogFormat::text:
      return as_text(status, clock.steady_now());
    case LogFormat::json:
      return as_json(status, clock.now());
  }
  return {};
}

std::string summarize(const WatchStatus& status) {
  return fmt::format("{} symbols, {} without a price, {} tickers so far", status.symbols,
                     status.polling.failed, status.tickers);
}

ExitCode exit_code_of(const PollingStatus& status) {
  if (status.failed == 0) return ExitCode::ok;
  if (status.answered > 0) return ExitCode::partial;
  if (status.unavailable > 0) return ExitCode::no_data;
  if (status.rate_limited > 0) return ExitCode::rate_limited;
  return exit_code_for(*status.first_error);
}

std::size_t resident_bytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen("/proc/self/statm", "re"),
                                                             std::fclose};
  std::size_t total = 0;
  std::size_t resident = 0;
  if (!file || std::fscanf(file.get(), "%zu %zu", &total, &resident) != 2) return 0;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace btcw::cli
