#include "btcw/watch/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "btcw/base/notification_json.h"
#include "btcw/base/quoted.h"
#include "btcw/queue/message_json.h"
#include "btcw/queue/queue_name.h"

namespace btcw {
namespace {

constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause = seconds{30};
constexpr std::size_t kRowsAtOnce = 256;

std::vector<std::string> ids_of(std::span<const Queue::NewMessage> messages) {
  std::vector<std::string> ids;
  ids.reserve(messages.size());
  for (const Queue::NewMessage& message : messages) ids.push_back(message.message.id);
  return ids;
}

}  // namespace

Result<void> Outbox::recover() {
  const auto rows = ports_.journal.outbox(SIZE_MAX);
  if (!rows) return rows.error();
  if (MessageStage* const staged = stage()) {
    std::vector<std::string> known;
    for (const OutboxRow& row : *rows) known.push_back(row.id);
    if (auto discarded = staged->discard(known); !discarded) {
      ports_.log.warning(discarded.error().message);
    }
  }
  waiting_ = rows->size();
  return send_rows(*rows);
}

void Outbox::use_queue(const std::filesystem::path& queue) {
  if (queue == queue_) return;
  queue_ = queue;
  stage_.reset();
  // Perhaps this one can be written to.
  pause_ = milliseconds{0};
  if (waiting_ > 0) retry_at_ = ports_.queue.clock.steady_now();
}

Result<void> Outbox::commit(JournalChanges changes, std::span<const Queue::NewMessage> messages) {
  if (changes.empty() && messages.empty()) return {};
  for (const Queue::NewMessage& message : messages) {
    if (is_message_id(message.message.id)) continue;
    return Error{Errc::invalid_input,
                 fmt::format("not a message id: {}", btcw::quoted(message.message.id, 80))};
  }
  const bool staged = !messages.empty() && waiting_ == 0 && try_to_stage(messages);
  for (const Queue::NewMessage& message : messages) {
    changes.outbox.push_back({.id = message.message.id,
                              .message = notification_json(message.message),
                              .due = message.due,
                              .staged_in = staged ? queue_.string() : std::string{}});
  }
  changes.sent = sent_;
  if (auto written = ports_.journal.write(changes); !written) return written;
  sent_.clear();
  if (messages.empty()) return {};
  waiting_ += messages.size();
  if (staged) {
    publish(messages);
  } else if (retry_at_ == SteadyTime::max()) {
    retry_at_ = ports_.queue.clock.steady_now();
  }
  return {};
}

Result<void> Outbox::tend() {
  if (ports_.queue.clock.steady_now() < retry_at_) return {};
  retry_at_ = SteadyTime::max();
  if (auto removed = finish(); !removed) return removed;
  const auto rows = ports_.journal.outbox(kRowsAtOnce);
  if (!rows) return rows.error();
  if (rows->size() < kRowsAtOnce) waiting_ = rows->size();
  auto sent = send_rows(*rows);
  if (sent && waiting_ > 0 && retry_at_ == SteadyTime::max()) {
    retry_at_ = ports_.queue.clock.steady_now();
  }
  return sent;
}

Result<void> Outbox::finish() {
  if (sent_.empty()) return {};
  auto removed = ports_.journal.write({.sent = sent_});
  if (removed) sent_.clear();
  return removed;
}

MessageStage* Outbox::stage() {
  if (stage_) return &*stage_;
  auto opened = MessageStage::open(queue_, ports_.journal.identity(), ports_.queue);
  if (!opened) {
    put_off(opened.error());
    return nullptr;
  }
  stage_.emplace(*std::move(opened));
  return &*stage_;
}

bool Outbox::try_to_stage(std::span<const Queue::NewMessage> messages) {
  MessageStage* const place = stage();
  if (place == nullptr) return false;
  const auto staged = place->stage(messages);
  if (staged) return true;
  put_off(staged.error());
  return false;
}

void Outbox::publish(std::span<const Queue::NewMessage> messages) {
  if (auto published = stage_->publish(messages); !published) {
    put_off(published.error());
    return;
  }
  std::vector<std::string> ids = ids_of(messages);
  waiting_ -= ids.size();
  sent_.insert(sent_.end(), std::make_move_iterator(ids.begin()),
               std::make_move_iterator(ids.end()));
  pause_ = milliseconds{0};
}

Result<void> Outbox::send_rows(const std::vector<OutboxRow>& rows) {
  std::vector<Queue::NewMessage> ready;
  std::vector<Queue::NewMessage> bare;
  for (const OutboxRow& row : rows) {
    auto message = decode_message(row.message, row.id, row.due);
    if (!message) return std::move(message).error().within("outbox");
    Queue::NewMessage one{.message = *std::move(message), .due = row.due};
    if (row.staged_in.empty()) {
      bare.push_back(std::move(one));
    } else if (row.staged_in == queue_.string()) {
      ready.push_back(std::move(one));
    } else if (auto sent = publish_elsewhere(row, one); !sent) {
      put_off(sent.error());
    }
  }
  if (!bare.empty() && try_to_stage(bare)) {
    // Published only once the journal knows: afterwards a missing file tells that it was.
    auto marked = ports_.journal.write({.staged = ids_of(bare), .staged_in = queue_.string()});
    if (!marked) return marked;
    ready.insert(ready.end(), std::make_move_iterator(bare.begin()),
                 std::make_move_iterator(bare.end()));
  }
  if (!ready.empty() && stage() != nullptr) publish(ready);
  return {};
}

/// The folder of the queue was changed while the message was on its way: it arrives where it lies.
Result<void> Outbox::publish_elsewhere(const OutboxRow& row, const Queue::NewMessage& message) {
  auto other = MessageStage::open(row.staged_in, ports_.journal.identity(), ports_.queue);
  if (!other) return std::move(other).error();
  if (auto published = other->publish(std::span{&message, 1}); !published) return published;
  sent_.push_back(row.id);
  --waiting_;
  return {};
}

void Outbox::put_off(const Error& why) {
  const SteadyTime now = ports_.queue.clock.steady_now();
  if (pause_ == milliseconds{0}) {
    ports_.log.error(fmt::format("messages wait, the queue cannot be written to: {}", why.message));
  }
  pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
  retry_at_ = std::min(retry_at_, now + pause_);
  if (retry_at_ <= now) retry_at_ = now + pause_;
}

}  // namespace btcw
