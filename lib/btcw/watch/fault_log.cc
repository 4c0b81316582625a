#include "btcw/watch/fault_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace btcw {
namespace {

std::string fingerprint(const Error& error) {
  std::string print{to_string(error.code)};
  print += ' ';
  for (const char c : error.message) {
    if (c < '0' || c > '9') print += c;
  }
  return print;
}

/// "BTC/USDT, ETH/USDT, SOL/USDT and 9 more"
std::string enumerate(std::span<const SymbolRequest> symbols) {
  constexpr std::size_t kNamed = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(symbols.size(), kNamed); ++i) {
    if (i > 0) text += ", ";
    text += symbols[i].to_string();
  }
  if (symbols.size() > kNamed) text += fmt::format(" and {} more", symbols.size() - kNamed);
  return text;
}

/// Symbols with one and the same fault.
struct Group {
  std::string print;
  const Error* error;
  std::vector<SymbolRequest> symbols;
};

void add(std::vector<Group>& groups, const Fetched& answer, const std::string& print) {
  const auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const Group& known) { return known.print == print; });
  if (group != groups.end()) {
    group->symbols.push_back(answer.request);
    return;
  }
  groups.push_back({print, &answer.ticker.error(), {answer.request}});
}

}  // namespace

void FaultLog::judge(std::span<const Fetched> answers) {
  std::map<SymbolRequest, std::string> now;
  std::vector<Group> fresh;
  std::vector<SymbolRequest> back;
  for (const Fetched& answer : answers) {
    const auto before = faults_.find(answer.request);
    if (answer.ticker) {
      outage_.clear();
      if (before != faults_.end()) back.push_back(answer.request);
      continue;
    }
    std::string print = fingerprint(answer.ticker.error());
    if (before == faults_.end() || before->second != print) add(fresh, answer, print);
    now.insert_or_assign(answer.request, std::move(print));
  }
  faults_ = std::move(now);
  for (const Group& group : fresh) {
    log_.error(fmt::format("no price of {}: {}", enumerate(group.symbols), group.error->message),
               {{"code", to_string(group.error->code)}});
  }
  if (!back.empty()) log_.warning(fmt::format("prices of {} are back", enumerate(back)));
}

void FaultLog::unreachable(std::span<const Fetched> answers, milliseconds pause) {
  constexpr std::size_t kReasons = 3;
  faults_.clear();
  std::vector<Group> groups;
  for (const Fetched& answer : answers) {
    if (answer.ticker) continue;
    std::string print = fingerprint(answer.ticker.error());
    add(groups, answer, print);
    faults_.insert_or_assign(answer.request, std::move(print));
  }
  std::string outage;
  std::string reasons;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    outage += groups[i].print;
    if (i >= kReasons) continue;
    if (i > 0) reasons += "; ";
    reasons += groups[i].error->message;
  }
  if (outage == outage_) return;
  outage_ = std::move(outage);
  log_.error(
      fmt::format("no exchange can be reached ({}); trying again in {}, then less and less often; "
                  "'btcw watch --demo' works without a network",
                  reasons, to_string(std::chrono::ceil<seconds>(pause))));
}

}  // namespace btcw
