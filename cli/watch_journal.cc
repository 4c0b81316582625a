#include "watch_journal.h"

#include <utility>

namespace btcw::cli {

Result<void> WatchJournal::open(const Config& config) {
  if (outbox_) {
    outbox_->use_queue(config.queue.dir);
    return {};
  }
  auto journal = open_journal(journal_file(folder_));
  if (!journal) return std::move(journal).error();
  journal_ = *std::move(journal);
  outbox_.emplace(config.queue.dir,
                  Outbox::Ports{*journal_, {files_, session_.clock, session_.random, log_}, log_});
  auto recovered = outbox_->recover();
  if (!recovered) {
    outbox_.reset();
    journal_.reset();
  }
  return recovered;
}

void WatchJournal::finish() {
  if (!outbox_) return;
  if (auto finished = outbox_->finish(); !finished) {
    log_.warning("journal: " + finished.error().message);
  }
}

}  // namespace btcw::cli
