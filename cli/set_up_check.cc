#include "set_up_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <system_error>

#include "btcw/base/file_descriptor.h"
#include "btcw/online/online.h"
#include "btcw/store/request_budget.h"
#include "deployed_queue.h"
#include "online_market.h"
#include "watch_network.h"

namespace btcw::cli {
namespace {

constexpr std::uint64_t kLeastFree = std::uint64_t{64} * 1024 * 1024;

std::string reason(int error) { return std::error_code{error, std::generic_category()}.message(); }

std::optional<std::string> config_fault(const Session& session) {
  const LoadedConfig loaded = load_config({.files = session.common.config_files,
                                           .environment = session.environment,
                                           .secrets = SecretFetching::none});
  if (loaded.errors.empty()) return std::nullopt;
  const ConfigProblem& first = loaded.errors.front();
  return fmt::format("configuration: {}: {}{}", first.where, first.message,
                     loaded.errors.size() > 1
                         ? fmt::format(" (and {} more)", loaded.errors.size() - 1)
                         : std::string{});
}

// A file that is written, synced and gone: what the state folder is for.
std::optional<std::string> folder_fault(const std::filesystem::path& folder) {
  const std::string name = folder / ".check";
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is declared so.
  const FileDescriptor file{::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  const bool well = file && ::write(file.get(), "x", 1) == 1 && ::fdatasync(file.get()) == 0;
  const int error = errno;
  ::unlink(name.c_str());
  if (!well) return fmt::format("{}: cannot be written to: {}", folder.string(), reason(error));
  struct statvfs space {};
  if (::statvfs(folder.c_str(), &space) != 0) return std::nullopt;
  const std::uint64_t free = std::uint64_t{space.f_bavail} * space.f_frsize;
  if (free >= kLeastFree) return std::nullopt;
  return fmt::format("{}: only {} MiB are free", folder.string(),
                     free / (std::uintmax_t{1024} * 1024U));
}

std::optional<std::string> queue_fault(const SetUpCheck& what, Session& session) {
  const auto queue = open_queue(what.config, session);
  if (!queue) return "queue: " + queue.error().message;
  const auto most = static_cast<std::size_t>(what.max_pending);
  const auto pending = (*queue)->list(MessageState::pending, most + 1);
  if (!pending) return "queue: " + pending.error().message;
  if (pending->size() <= most) return std::nullopt;
  return fmt::format("queue: more than {} messages wait", most);
}

// One symbol of every exchange there is, and every symbol that is pinned to one.
std::vector<SymbolRequest> requests_of(const SetUpCheck& what) {
  std::vector<SymbolRequest> requests;
  for (const SymbolRequest& symbol : what.symbols) {
    if (symbol.exchange) requests.push_back(symbol);
  }
  for (const ExchangeName& name : what.config.market.enabled()) {
    requests.push_back({what.symbols.front().symbol, name});
  }
  return requests;
}

void add_market_faults(const SetUpCheck& what, Session& session, Log& log,
                       std::vector<std::string>& faults) {
  if (what.symbols.empty()) return;
  const auto online = load_online();
  if (!online) return faults.push_back(online.error().message);
  const auto http = (*online)->make_http(clone(what.config.http), session.clock, log);
  SharedBudget budget{request_budget_file(what.config), session.clock, log};
  const auto market =
      (*online)->make_shared_rest_market(what.config.market, budget, *http, session.clock, log);
  const std::array fds{what.stop.fd()};
  const auto answers = market->fetch(requests_of(what), {.wake_fds = fds});
  if (what.stop.is_raised()) return;
  const auto is_down = [](const Fetched& one) {
    return !one.ticker && one.ticker.error().code == Errc::unavailable;
  };
  if (std::all_of(answers.begin(), answers.end(), is_down)) {
    return faults.push_back("no exchange answers: " + answers.front().ticker.error().message);
  }
  for (const Fetched& answer : answers) {
    const bool pinned =
        std::find(what.symbols.begin(), what.symbols.end(), answer.request) != what.symbols.end();
    if (pinned && is_down(answer)) {
      faults.push_back(answer.request.to_string() + ": " + answer.ticker.error().message);
    }
  }
}

}  // namespace

std::vector<std::string> check_set_up(const SetUpCheck& what, Session& session, Log& log) {
  std::vector<std::string> faults;
  const auto add = [&faults](std::optional<std::string> fault) {
    if (fault) faults.push_back(*std::move(fault));
  };
  add(config_fault(session));
  add(folder_fault(what.config.general.state_dir));
  add(queue_fault(what, session));
  add_market_faults(what, session, log, faults);
  return faults;
}

}  // namespace btcw::cli
