#include "btcw/watch/state_pruning.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace btcw {
namespace {

constexpr std::string_view kUnused = "unused/";  // and a key of ours: since when, in milliseconds
constexpr std::string_view kReplay = "replay ";  // see AlertDispatch::Options::progress_key

bool is_asked_for(const KeptState& state, std::span<const Alert> alerts) {
  const auto alert = std::find_if(alerts.begin(), alerts.end(),
                                  [&](const Alert& one) { return one.name == state.alert; });
  if (alert == alerts.end()) return false;
  const auto about = SymbolRequest::parse(state.symbol, {});
  if (!about) return false;
  return std::any_of(alert->targets.begin(), alert->targets.end(), [&](const AlertTarget& target) {
    return target.exchange == about->exchange && target.matches(about->symbol);
  });
}

// What is marked, and what has changed of that.
class Marks {
 public:
  Marks(std::vector<Progress> marks, UtcTime now) : now_{now} {
    for (Progress& mark : marks) since_.emplace(std::move(mark.key), std::move(mark.value));
  }

  enum class Verdict { stays, goes };
  Verdict judge_unused(const std::string& name) {
    const auto found = since_.find(std::string{kUnused} + name);
    if (found == since_.end()) {
      changes.push_back({std::string{kUnused} + name, std::to_string(to_unix_ms(now_))});
      return Verdict::stays;
    }
    std::int64_t ms = 0;
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), ms);
    const UtcTime since = from_unix_ms(ms);
    // A clock that was ahead then would keep it for ever.
    if (since > now_) changes.push_back({found->first, std::to_string(to_unix_ms(now_))});
    const bool is_old = now_ - since >= kStatesKept;
    if (is_old) changes.push_back({found->first, ""});
    since_.erase(found);
    return is_old ? Verdict::goes : Verdict::stays;
  }

  /// Those that judge_unused() was not asked about are of what is in use again, or is not there.
  void remove_rest() {
    for (const auto& [key, since] : since_) changes.push_back({key, ""});
  }

  std::vector<Progress> changes;

 private:
  UtcTime now_;
  std::map<std::string, std::string> since_;
};

}  // namespace

Result<std::size_t> prune_states(Journal& journal, std::span<const Alert> alerts, UtcTime now) {
  const auto states = journal.states("");
  if (!states) return states.error();
  const auto replays = journal.list_progress(kReplay);
  if (!replays) return replays.error();
  auto known = journal.list_progress(kUnused);
  if (!known) return std::move(known).error();
  Marks marks{*std::move(known), now};
  JournalChanges changes;
  for (const KeptState& state : *states) {
    if (is_asked_for(state, alerts)) continue;
    const auto verdict = marks.judge_unused("state/" + state.alert + '\n' + state.symbol);
    if (verdict == Marks::Verdict::goes) changes.forgotten.push_back(state);
  }
  for (const Progress& replay : *replays) {
    if (marks.judge_unused(replay.key) == Marks::Verdict::stays) continue;
    changes.dropped.push_back(replay.key);
    changes.progress.push_back({replay.key, ""});
  }
  marks.remove_rest();
  changes.progress.insert(changes.progress.end(), marks.changes.begin(), marks.changes.end());
  const std::size_t gone = changes.forgotten.size() + changes.dropped.size();
  if (auto written = journal.write(changes); !written) return std::move(written).error();
  return gone;
}

}  // namespace btcw
