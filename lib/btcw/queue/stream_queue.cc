#include "btcw/queue/stream_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "btcw/base/notification_json.h"
#include "btcw/queue/message_json.h"
#include "btcw/queue/stream_commands.h"
#include "btcw/queue/stream_entry.h"
#include "btcw/queue/stream_lease.h"
#include "btcw/queue/stream_listing.h"
#include "btcw/queue/stream_scripts.h"
#include "btcw/queue/stream_wake.h"

namespace btcw {
namespace {

namespace script = stream_script;

/// Nothing tells that the holder of a message has died: after so long, look again.
constexpr milliseconds kClaimsMayEnd{500};
/// A reply holds so many messages at most.
constexpr std::size_t kMostAtOnce = 64;
/// So many times within a lease a claim is renewed.
constexpr int kRenewals = 4;
/// So many leases after it was last heard of, who holds nothing is taken for dead.
constexpr int kLeasesToBeGone = 3;

std::string text_of(UtcTime time) { return std::to_string(to_unix_ms(time)); }

class Messages;

class StreamClaim final : public Claim {
 public:
  StreamClaim(StreamEntry entry, Messages& queue)
      : entry_{std::move(entry)}, ticket_{entry_.place.ticket()}, queue_{queue} {}
  StreamClaim(const StreamClaim&) = delete;
  StreamClaim& operator=(const StreamClaim&) = delete;
  ~StreamClaim() override;

  [[nodiscard]] const Notification& message() const override { return entry_.message; }
  [[nodiscard]] int attempts() const override { return entry_.state.attempts; }
  [[nodiscard]] UtcTime due() const override { return entry_.due; }
  [[nodiscard]] DeliveryProgress progress() const override { return entry_.state.progress; }
  [[nodiscard]] const std::string& ticket() const override { return ticket_; }
  [[nodiscard]] const StreamEntry& entry() const { return entry_; }
  void settle() { settled_ = true; }

 private:
  StreamEntry entry_;
  std::string ticket_;
  Messages& queue_;
  bool settled_ = false;  ///< nothing is to be let go of any more
};

class Messages final : public StreamQueue {
 public:
  Messages(StreamQueueOptions options, StreamQueuePorts ports)
      : options_{std::move(options)},
        ports_{std::move(ports)},
        redis_{ports_.connect()},
        commands_{*redis_, options_.prefix + "btcw:queue:", ports_.log},
        listing_{commands_, options_.lease},
        lease_{{.base = commands_.key(""),
                .consumer = options_.consumer,
                .every = options_.lease / kRenewals},
               ports_.connect} {}
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;
  ~Messages() override;

  Result<void> add(std::span<const NewMessage> messages) override;
  Result<void> adopt(std::span<const Moved> messages) override;
  Result<std::string> add_once(const NewMessage& message, milliseconds window) override;
  Result<std::vector<std::unique_ptr<Claim>>> take(UtcTime now, std::size_t max) override;
  std::unique_ptr<Claim> take_again(const std::string& ticket, UtcTime now) override;
  Result<void> ack(std::unique_ptr<Claim> claim) override;
  Result<void> postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt,
                        DeliveryProgress progress) override;
  Result<void> bury(std::unique_ptr<Claim> claim, std::string_view reason,
                    DeliveryProgress progress) override;
  Result<std::optional<UtcTime>> next_due() override;
  [[nodiscard]] int wake_fd() override;
  Result<std::vector<MessageInfo>> list(std::optional<MessageState> state,
                                        std::size_t max) override {
    return listing_.list(state, max);
  }
  Result<MessageInfo> show(std::string_view id) override { return listing_.show(id); }
  Result<std::size_t> retry_dead(std::optional<std::string_view> id, UtcTime now) override {
    return listing_.retry_dead(id, now);
  }
  Result<std::size_t> purge_dead(UtcTime before) override { return listing_.purge_dead(before); }

  /// Gives back what a claim held that goes without a word.
  void release(const StreamPlace& place);

 private:
  using Claims = std::vector<std::unique_ptr<Claim>>;

  Result<void> take_some(UtcTime now, std::size_t max, Claims& claims);
  Result<std::unique_ptr<Claim>> claim_of(int lane, const RedisReply& reply, UtcTime now);
  void put_aside(int lane, const StreamFields& fields, const std::string& reason, UtcTime now);
  /// Sends what ends a claim; what cannot be sent now is kept, and its claim with it.
  Result<void> settle(StreamClaim& claim, std::string_view script, std::vector<std::string> words);
  void let_go_of_settled();

  StreamQueueOptions options_;
  StreamQueuePorts ports_;
  std::unique_ptr<RedisClient> redis_;
  StreamCommands commands_;
  StreamListing listing_;
  StreamLease lease_;
  std::vector<std::string> unsettled_;  ///< tickets whose settling may still wait
  // Where the next take() goes on.
  int lane_ = 1;
  std::string cursor_ = "0-0";
  bool used_ = false;  ///< Redis knows us as a consumer
  bool asked_for_wake_ = false;
  std::unique_ptr<StreamWake> wake_ = nullptr;
};

StreamClaim::~StreamClaim() {
  if (!settled_) queue_.release(entry_.place);
}

Messages::~Messages() {
  if (!unsettled_.empty()) {
    static_cast<void>(commands_.settle());
    let_go_of_settled();
  }
  if (!unsettled_.empty()) {
    ports_.log.error(
        fmt::format("Redis could not be told of {} messages that were dealt with: they come again",
                    unsettled_.size()));
    return;
  }
  // What was let go of is told before. Where it cannot be, it is anybody's after a lease.
  if (!used_) return;
  const std::string quiet = std::to_string((options_.lease * kLeasesToBeGone).count());
  static_cast<void>(commands_.run(script::kLeave, {options_.consumer, quiet}));
}

void Messages::release(const StreamPlace& place) {
  lease_.let_go(place.ticket());
  commands_.later(script::kRelease,
                  {options_.consumer, std::to_string(options_.lease.count()),
                   std::to_string(place.lane), place.entry},
                  place.ticket());
}

Result<void> Messages::add(std::span<const NewMessage> messages) {
  std::vector<Moved> moved;
  moved.reserve(messages.size());
  for (const NewMessage& message : messages) moved.push_back({.message = message});
  return adopt(moved);
}

Result<void> Messages::adopt(std::span<const Moved> messages) {
  if (messages.empty()) return {};
  std::vector<std::string> words{text_of(ports_.clock.now())};
  for (const auto& [message, attempts, progress] : messages) {
    std::string json = notification_json(message.message);
    if (json.size() > kMaxMessageBytes) {
      return Error{Errc::invalid_input,
                   fmt::format("message is larger than {} bytes", kMaxMessageBytes)};
    }
    words.push_back(message.message.id);
    words.push_back(std::to_string(lane_of(message.message.priority)));
    words.push_back(text_of(message.due));
    words.push_back(StreamState{.attempts = attempts, .progress = progress}.to_string());
    words.push_back(std::move(json));
  }
  const std::vector<std::string_view> views{words.begin(), words.end()};
  const auto added = commands_.run(script::kAdd, views);
  if (!added) return added.error();
  return {};
}

Result<std::string> Messages::add_once(const NewMessage& message, milliseconds window) {
  const std::string json = notification_json(message.message);
  if (json.size() > kMaxMessageBytes) {
    return Error{Errc::invalid_input,
                 fmt::format("message is larger than {} bytes", kMaxMessageBytes)};
  }
  const auto id =
      commands_.run(script::kAddOnce, {text_of(ports_.clock.now()), message.message.dedup_key,
                                       std::to_string(window.count()), message.message.id,
                                       std::to_string(lane_of(message.message.priority)),
                                       text_of(message.due), StreamState{}.to_string(), json});
  if (!id) return id.error();
  return id->text;
}

Result<std::unique_ptr<Claim>> Messages::claim_of(int lane, const RedisReply& reply, UtcTime now) {
  auto fields = StreamFields::from(reply);
  if (!fields) return std::move(fields).error();
  auto entry = StreamEntry::read(lane, *fields);
  if (!entry) {
    put_aside(lane, *fields, entry.error().message, now);
    return std::unique_ptr<Claim>{};
  }
  if (auto held = lease_.hold(entry->place.ticket()); !held) return std::move(held).error();
  return std::unique_ptr<Claim>{std::make_unique<StreamClaim>(*std::move(entry), *this)};
}

void Messages::put_aside(int lane, const StreamFields& fields, const std::string& reason,
                         UtcTime now) {
  commands_.later(
      script::kPutAside,
      {options_.consumer, std::to_string(lane), fields.entry, text_of(now), fields.message, reason},
      StreamPlace{lane, fields.entry}.ticket());
  ports_.log.warning("put aside what is no message", {{"entry", fields.entry}, {"reason", reason}});
}

Result<void> Messages::take_some(UtcTime now, std::size_t max, Claims& claims) {
  used_ = true;
  const std::size_t wanted = std::min(max - claims.size(), kMostAtOnce);
  const auto reply = commands_.run(
      script::kTake, {options_.consumer, std::to_string(options_.lease.count()), text_of(now),
                      std::to_string(wanted), std::to_string(lane_), cursor_});
  if (!reply) return reply.error();
  if (reply->items.size() != 4) return Error{Errc::bad_data, "Redis answers a script wrongly"};
  lane_ = static_cast<int>(reply->items[0].integer);
  cursor_ = reply->items[1].text;
  for (const RedisReply& found : reply->items[3].items) {
    if (found.items.size() != 2) return Error{Errc::bad_data, "Redis answers a script wrongly"};
    auto claim = claim_of(static_cast<int>(found.items[0].integer), found.items[1], now);
    if (!claim) return std::move(claim).error();
    if (*claim != nullptr) claims.push_back(*std::move(claim));
  }
  if (reply->items[2].integer == 1) lane_ = 4;
  return {};
}

Result<std::vector<std::unique_ptr<Claim>>> Messages::take(UtcTime now, std::size_t max) {
  Claims claims;
  // What comes from here on may be missed by this pass, and is heard of.
  if (wake_ && lane_ == 1 && cursor_ == "0-0") wake_->clear();
  while (claims.size() < max && lane_ <= 3) {
    if (auto taken = take_some(now, max, claims); !taken) {
      lane_ = 1;
      cursor_ = "0-0";
      if (claims.empty()) return std::move(taken).error();
      return claims;
    }
  }
  if (claims.size() < max) {
    lane_ = 1;
    cursor_ = "0-0";
  }
  let_go_of_settled();
  return claims;
}

std::unique_ptr<Claim> Messages::take_again(const std::string& ticket, UtcTime now) {
  const StreamPlace place = StreamPlace::from_ticket(ticket);
  const auto reply =
      commands_.run(script::kTakeAgain, {options_.consumer, std::to_string(options_.lease.count()),
                                         std::to_string(place.lane), place.entry});
  if (!reply || reply->items.empty()) return nullptr;
  auto claim = claim_of(place.lane, reply->items.front(), now);
  return claim ? *std::move(claim) : nullptr;
}

Result<void> Messages::settle(StreamClaim& claim, std::string_view script,
                              std::vector<std::string> words) {
  claim.settle();
  unsettled_.push_back(claim.ticket());
  commands_.later(script, std::move(words), claim.ticket());
  auto settled = commands_.settle();
  let_go_of_settled();
  return settled;
}

void Messages::let_go_of_settled() {
  const auto waiting = commands_.waiting();
  std::erase_if(unsettled_, [&](const std::string& ticket) {
    if (std::find(waiting.begin(), waiting.end(), ticket) != waiting.end()) return false;
    lease_.let_go(ticket);
    return true;
  });
}

Result<void> Messages::ack(std::unique_ptr<Claim> claim) {
  auto& mine = static_cast<StreamClaim&>(*claim);
  const StreamEntry& entry = mine.entry();
  return settle(mine, script::kAck,
                {std::to_string(entry.place.lane), entry.place.entry, entry.message.id});
}

Result<void> Messages::postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt,
                                DeliveryProgress progress) {
  auto& mine = static_cast<StreamClaim&>(*claim);
  const StreamEntry& entry = mine.entry();
  StreamState state = entry.state;
  state.progress = progress;
  if (attempt != Attempt::does_not_count) ++state.attempts;
  if (attempt == Attempt::counts_as_ambiguous) state.maybe_duplicate = true;
  return settle(mine, script::kPostpone,
                {options_.consumer, std::to_string(entry.place.lane), entry.place.entry,
                 text_of(ports_.clock.now()), entry.message.id, text_of(due), state.to_string(),
                 entry.bytes});
}

Result<void> Messages::bury(std::unique_ptr<Claim> claim, std::string_view reason,
                            DeliveryProgress progress) {
  auto& mine = static_cast<StreamClaim&>(*claim);
  const StreamEntry& entry = mine.entry();
  StreamState state = entry.state;
  state.progress = progress;
  return settle(mine, script::kBury,
                {options_.consumer, std::to_string(entry.place.lane), entry.place.entry,
                 text_of(ports_.clock.now()), entry.message.id, text_of(entry.due),
                 state.to_string(), entry.bytes, std::string{reason}});
}

int Messages::wake_fd() {
  if (!std::exchange(asked_for_wake_, true)) {
    auto wake = StreamWake::start(commands_.key("wake"), ports_.connect());
    if (wake) wake_ = *std::move(wake);
  }
  return wake_ ? wake_->fd() : -1;
}

Result<std::optional<UtcTime>> Messages::next_due() {
  const UtcTime now = ports_.clock.now();
  const auto reply =
      commands_.run(script::kNextDue, {text_of(now), std::to_string(options_.lease.count()),
                                       std::to_string(kClaimsMayEnd.count())});
  if (!reply) return reply.error();
  let_go_of_settled();
  if (reply->kind == RedisReply::Kind::nil) return std::optional<UtcTime>{};
  return std::optional{read_stream_time(reply->text, now)};
}

}  // namespace

std::unique_ptr<StreamQueue> make_stream_queue(StreamQueueOptions options, StreamQueuePorts ports) {
  return std::make_unique<Messages>(std::move(options), std::move(ports));
}

}  // namespace btcw
