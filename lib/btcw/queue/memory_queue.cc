#include "btcw/queue/memory_queue.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace btcw {
namespace {

using End = MessageFate::End;

class HeldMessage final : public Claim {
 public:
  HeldMessage(Queue::NewMessage message) : message_{std::move(message)} {}

  [[nodiscard]] const Notification& message() const override { return message_.message; }
  [[nodiscard]] int attempts() const override { return 0; }
  [[nodiscard]] UtcTime due() const override { return message_.due; }
  [[nodiscard]] DeliveryProgress progress() const override { return {}; }
  [[nodiscard]] const std::string& ticket() const override { return message_.message.id; }

 private:
  Queue::NewMessage message_;
};

class Messages final : public MemoryQueue {
 public:
  Result<void> add(std::span<const NewMessage> messages) override {
    for (const NewMessage& message : messages) {
      fates_.push_back({.id = message.message.id});
      messages_.push_back(message);
    }
    return {};
  }

  Result<std::vector<std::unique_ptr<Claim>>> take(UtcTime now, std::size_t max) override {
    std::vector<std::unique_ptr<Claim>> claims;
    for (std::size_t i = 0; i < messages_.size() && claims.size() < max; ++i) {
      if (fates_[i].end != End::waiting || taken_[i] || messages_[i].due > now) continue;
      taken_[i] = true;
      claims.push_back(std::make_unique<HeldMessage>(messages_[i]));
    }
    return claims;
  }

  std::unique_ptr<Claim> take_again(const std::string& ticket, UtcTime) override {
    for (const NewMessage& message : messages_) {
      if (message.message.id == ticket) return std::make_unique<HeldMessage>(message);
    }
    return nullptr;
  }

  Result<void> ack(std::unique_ptr<Claim> claim) override {
    fate_of(*claim).end = End::delivered;
    return {};
  }
  Result<void> postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt,
                        DeliveryProgress) override {
    MessageFate& fate = fate_of(*claim);
    fate.end = End::postponed;
    fate.due = due;
    return {};
  }
  Result<void> bury(std::unique_ptr<Claim> claim, std::string_view reason) override {
    MessageFate& fate = fate_of(*claim);
    fate.end = End::dead;
    fate.reason = reason;
    return {};
  }

  Result<std::optional<UtcTime>> next_due() override { return std::optional<UtcTime>{}; }
  [[nodiscard]] int wake_fd() override { return -1; }
  Result<std::vector<MessageInfo>> list(std::optional<MessageState>, std::size_t) override {
    return std::vector<MessageInfo>{};
  }
  Result<MessageInfo> show(std::string_view) override {
    return Error{Errc::not_found, "nothing is kept"};
  }
  Result<std::size_t> retry_dead(std::optional<std::string_view>, UtcTime) override { return 0U; }
  Result<std::size_t> purge_dead(UtcTime) override { return 0U; }
  [[nodiscard]] std::span<const MessageFate> fates() const override { return fates_; }

 private:
  MessageFate& fate_of(const Claim& claim) {
    return *std::find_if(fates_.begin(), fates_.end(),
                         [&](const MessageFate& fate) { return fate.id == claim.ticket(); });
  }

  std::vector<NewMessage> messages_;
  std::vector<MessageFate> fates_;
  std::map<std::size_t, bool> taken_;
};

}  // namespace

std::unique_ptr<MemoryQueue> make_memory_queue() { return std::make_unique<Messages>(); }

}  // namespace btcw
