#include "btcw/queue/memory_queue.h"

#include <algorithm>
#include <chrono>
#include <compare>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace btcw {
namespace {

using End = MessageFate::End;

/// In what order messages come.
struct Place {
  std::chrono::sys_seconds due;
  Priority priority;
  std::size_t number;  ///< in order of arrival: its index

  friend auto operator<=>(const Place&, const Place&) = default;
};

struct Kept {
  Notification message;
  UtcTime due = {};
  int attempts = 0;
  DeliveryProgress progress = {};
  bool is_claimed = false;
};

class KeptClaim final : public Claim {
 public:
  KeptClaim(Kept& kept, std::string ticket) : kept_{kept}, ticket_{std::move(ticket)} {
    kept_.is_claimed = true;
  }
  KeptClaim(const KeptClaim&) = delete;
  KeptClaim& operator=(const KeptClaim&) = delete;
  ~KeptClaim() override { kept_.is_claimed = false; }

  [[nodiscard]] const Notification& message() const override { return kept_.message; }
  [[nodiscard]] int attempts() const override { return kept_.attempts; }
  [[nodiscard]] UtcTime due() const override { return kept_.due; }
  [[nodiscard]] DeliveryProgress progress() const override { return kept_.progress; }
  [[nodiscard]] const std::string& ticket() const override { return ticket_; }

 private:
  Kept& kept_;
  std::string ticket_;  ///< the index
};

class Messages final : public MemoryQueue {
 public:
  Result<void> add(std::span<const NewMessage> messages) override;
  Result<std::string> add_once(const NewMessage& message, milliseconds window) override;
  Result<std::vector<std::unique_ptr<Claim>>> take(UtcTime now, std::size_t max) override;
  std::unique_ptr<Claim> take_again(const std::string& ticket, UtcTime now) override;
  Result<void> ack(std::unique_ptr<Claim> claim) override;
  Result<void> postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt,
                        DeliveryProgress progress) override;
  Result<void> bury(std::unique_ptr<Claim> claim, std::string_view reason,
                    DeliveryProgress progress) override;
  Result<std::optional<UtcTime>> next_due() override;
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
  [[nodiscard]] Place place_of(std::size_t number) const;
  static std::size_t number_of(const Claim& claim) { return std::stoul(claim.ticket()); }
  MessageFate& end(const Claim& claim, End end);

  std::vector<std::unique_ptr<Kept>> kept_;  ///< never moves, for claims refer to it
  std::vector<MessageFate> fates_;
  std::map<Place, Kept*> pending_;
  std::optional<Place> position_ = std::nullopt;  ///< of the last that take() came to
};

Place Messages::place_of(std::size_t number) const {
  const Kept& kept = *kept_[number];
  return {std::chrono::floor<seconds>(kept.due), kept.message.priority, number};
}

Result<void> Messages::add(std::span<const NewMessage> messages) {
  for (const NewMessage& message : messages) {
    fates_.push_back({.id = message.message.id});
    kept_.push_back(std::make_unique<Kept>(Kept{.message = message.message, .due = message.due}));
    pending_.emplace(place_of(kept_.size() - 1), kept_.back().get());
  }
  return {};
}

Result<std::string> Messages::add_once(const NewMessage& message, milliseconds window) {
  for (const auto& kept : kept_) {
    const bool has_key = kept->message.dedup_key == message.message.dedup_key;
    if (has_key && message.due - kept->due < window) return kept->message.id;
  }
  if (auto added = add(std::span{&message, 1}); !added) return std::move(added).error();
  return message.message.id;
}

Result<std::vector<std::unique_ptr<Claim>>> Messages::take(UtcTime now, std::size_t max) {
  std::vector<std::unique_ptr<Claim>> claims;
  auto next = position_ ? pending_.upper_bound(*position_) : pending_.begin();
  for (; next != pending_.end() && claims.size() < max && next->first.due <= now; ++next) {
    position_ = next->first;
    Kept& kept = *next->second;
    if (kept.is_claimed || kept.due > now) continue;
    claims.push_back(std::make_unique<KeptClaim>(kept, std::to_string(next->first.number)));
  }
  if (claims.size() < max) position_.reset();
  return claims;
}

std::unique_ptr<Claim> Messages::take_again(const std::string& ticket, UtcTime now) {
  const std::size_t number = std::stoul(ticket);
  Kept& kept = *kept_[number];
  if (kept.is_claimed || kept.due > now || !pending_.contains(place_of(number))) return nullptr;
  return std::make_unique<KeptClaim>(kept, ticket);
}

MessageFate& Messages::end(const Claim& claim, End end) {
  const std::size_t number = number_of(claim);
  pending_.erase(place_of(number));
  fates_[number].end = end;
  return fates_[number];
}

Result<void> Messages::ack(std::unique_ptr<Claim> claim) {
  end(*claim, End::delivered);
  return {};
}

Result<void> Messages::postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt,
                                DeliveryProgress progress) {
  end(*claim, End::postponed).due = due;
  const std::size_t number = number_of(*claim);
  Kept& kept = *kept_[number];
  kept.due = due;
  kept.progress = progress;
  if (attempt != Attempt::does_not_count) ++kept.attempts;
  if (attempt == Attempt::counts_as_ambiguous) kept.message.maybe_duplicate = true;
  pending_.emplace(place_of(number), &kept);
  return {};
}

Result<void> Messages::bury(std::unique_ptr<Claim> claim, std::string_view reason,
                            DeliveryProgress progress) {
  end(*claim, End::dead).reason = reason;
  kept_[number_of(*claim)]->progress = progress;
  return {};
}

Result<std::optional<UtcTime>> Messages::next_due() {
  for (const auto& [place, kept] : pending_) {
    if (!kept->is_claimed) return std::optional{kept->due};
  }
  return std::optional<UtcTime>{};
}

}  // namespace

std::unique_ptr<MemoryQueue> make_memory_queue() { return std::make_unique<Messages>(); }

}  // namespace btcw
