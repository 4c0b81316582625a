#include "btcw/signals/signal_intake.h"

#include <utility>
#include <vector>

#include "btcw/queue/file_queue.h"
#include "btcw/signals/aside_pruning.h"

namespace btcw {
namespace {

constexpr std::string_view kTold = "signals/told";

}  // namespace

Result<void> SignalIntake::set(SignalOptions options, milliseconds ttl) {
  auto judge = SignalJudge::make(std::move(options));
  if (!judge) return std::move(judge).error();
  const bool is_same_folder = folder_ && folder_->folder() == judge->options().dir;
  judge_ = *std::move(judge);
  ttl_ = ttl;
  if (!is_same_folder) folder_.reset();
  due_ = judge_->options().enabled() ? ports_.clock.steady_now() : SteadyTime::max();
  return {};
}

Result<Flow> SignalIntake::on_time() {
  const SteadyTime now = ports_.clock.steady_now();
  if (ports_.outbox.due() <= now) {
    if (auto tended = ports_.outbox.tend(); !tended) tell(tended.error());
  }
  if (now < due_) return Flow::go_on;
  const auto taken = take_batch();
  if (!taken) {
    tell(taken.error());
    due_ = now + kPause;
    return Flow::go_on;
  }
  if (!trouble_.empty()) ports_.log.info("signals: read again");
  trouble_.clear();
  if (now >= prune_at_) prune(now);
  due_ = *taken ? now : now + kEvery;
  return Flow::go_on;
}

void SignalIntake::prune(SteadyTime now) {
  prune_at_ = now + kPruneEvery;
  const auto pruned = prune_aside(folder_->folder(), ports_.clock.now());
  if (!pruned) ports_.log.warning("signals: " + pruned.error().message);
}

void SignalIntake::tell(const Error& trouble) {
  if (trouble_ == trouble.message) return;
  trouble_ = trouble.message;
  ports_.log.warning("signals: " + trouble_);
}

Result<void> SignalIntake::open() {
  if (folder_) return {};
  auto told = ports_.journal.progress(kTold);
  if (!told) return std::move(told).error();
  auto folder = SignalFolder::open(judge_->options().dir, ports_.journal, ports_.log);
  if (!folder) return std::move(folder).error();
  told_ = ToldSignals::read(told->value_or(std::string{}));
  folder_.emplace(*std::move(folder));
  return {};
}

Result<bool> SignalIntake::take_batch() {
  auto opened = open();
  if (!opened) return std::move(opened).error();
  const UtcTime now = ports_.clock.now();
  auto batch = folder_->look(now, kMostBytes);
  if (!batch) return std::move(batch).error();
  ToldSignals told = told_;
  std::vector<Queue::NewMessage> messages;
  for (const SignalFolder::Item& item : batch->items) {
    auto message = read(item, told);
    if (message) messages.push_back({*std::move(message), now});
  }
  JournalChanges changes{.progress = batch->progress};
  if (told != told_) changes.progress.push_back({std::string{kTold}, told.to_text()});
  if (!changes.empty() || !messages.empty()) {
    auto written = ports_.outbox.commit(std::move(changes), messages);
    if (!written) return std::move(written).error();
  }
  folder_->taken();
  told_ = std::move(told);
  signals_ += batch->items.size();
  messages_ += messages.size();
  return batch->more;
}

std::optional<Notification> SignalIntake::read(const SignalFolder::Item& item, ToldSignals& told) {
  const auto json = read_webhook_json(item.text);
  auto signal = json ? read_trade_signal(*json)
                     : Result<TradeSignal>{Error{Errc::bad_data, "not JSON, or cut short"}};
  if (!signal) {
    ports_.log.warning("signals: " + item.where + ": " + signal.error().message);
    folder_->bad(item);
    return std::nullopt;
  }
  auto message = judge_->judge(*signal, told, ports_.clock.now());
  if (!message) return std::nullopt;
  message->id = make_message_id(ports_.clock, ports_.random);
  if (ttl_ > milliseconds{0}) message->expires = message->created + ttl_;
  return message;
}

}  // namespace btcw
