#include "btcw/queue/spooled_queue.h"

#include <sys/epoll.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "btcw/base/file_descriptor.h"

namespace btcw {
namespace {

/// Whether it names what is only on the host that it was written on.
bool is_host_bound(const Notification& message) {
  return !message.attachments.empty() ||
         std::any_of(message.channels.begin(), message.channels.end(),
                     [](const std::string& name) { return name.starts_with("adhoc:"); });
}

/// A claim, and which of the queues it is of.
class RoutedClaim final : public Claim {
 public:
  RoutedClaim(Queue& queue, char mark, std::unique_ptr<Claim> claim)
      : queue_{queue}, claim_{std::move(claim)}, ticket_{mark + claim_->ticket()} {}

  [[nodiscard]] const Notification& message() const override { return claim_->message(); }
  [[nodiscard]] int attempts() const override { return claim_->attempts(); }
  [[nodiscard]] UtcTime due() const override { return claim_->due(); }
  [[nodiscard]] DeliveryProgress progress() const override { return claim_->progress(); }
  [[nodiscard]] const std::string& ticket() const override { return ticket_; }
  [[nodiscard]] Queue& queue() const { return queue_; }
  [[nodiscard]] std::unique_ptr<Claim> take_claim() { return std::move(claim_); }

 private:
  Queue& queue_;
  std::unique_ptr<Claim> claim_;
  std::string ticket_;
};

constexpr char kOfFolder = 'f';
constexpr char kOfStream = 's';

class SpooledQueue final : public Queue {
 public:
  SpooledQueue(std::unique_ptr<StreamQueue> stream, std::unique_ptr<Queue> folder, Log& log)
      : stream_{std::move(stream)}, folder_{std::move(folder)}, log_{log} {}

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
  [[nodiscard]] int wake_fd() override;
  Result<std::vector<MessageInfo>> list(std::optional<MessageState> state,
                                        std::size_t max) override;
  Result<MessageInfo> show(std::string_view id) override;
  Result<std::size_t> retry_dead(std::optional<std::string_view> id, UtcTime now) override;
  Result<std::size_t> purge_dead(UtcTime before) override;

 private:
  using Claims = std::vector<std::unique_ptr<Claim>>;

  void tell_away(const Error& error);
  /// Gives what stays here to `claims`, and the rest to Redis. False: the folder was gone through.
  Result<bool> empty_folder(UtcTime now, std::size_t max, Claims& claims);
  Result<void> move_over(Claims& claims);
  [[nodiscard]] Claims routed(Claims claims, Queue& queue, char mark) const;
  void end_pass();

  std::unique_ptr<StreamQueue> stream_;
  std::unique_ptr<Queue> folder_;
  Log& log_;
  bool told_away_ = false;
  bool folder_done_ = false;                   ///< in this pass
  std::optional<Error> stuck_ = std::nullopt;  ///< why nothing is moved over in this pass
  FileDescriptor either_;                      ///< readable when one of the two queues' is
};

void SpooledQueue::tell_away(const Error& error) {
  if (std::exchange(told_away_, true)) return;
  log_.warning("Redis takes no message, it waits in the folder", {{"why", error.message}});
}

Result<void> SpooledQueue::add(std::span<const NewMessage> messages) {
  std::vector<NewMessage> bound;
  std::vector<NewMessage> shared;
  for (const NewMessage& message : messages) {
    (is_host_bound(message.message) ? bound : shared).push_back(message);
  }
  if (!bound.empty()) {
    if (auto added = folder_->add(bound); !added) return added;
  }
  auto added = stream_->add(shared);
  if (added || added.error().code == Errc::invalid_input) return added;
  tell_away(added.error());
  return folder_->add(shared);
}

Result<std::string> SpooledQueue::add_once(const NewMessage& message, milliseconds window) {
  if (is_host_bound(message.message)) return folder_->add_once(message, window);
  auto added = stream_->add_once(message, window);
  if (added || added.error().code == Errc::invalid_input) return added;
  tell_away(added.error());
  return folder_->add_once(message, window);
}

Result<void> SpooledQueue::move_over(Claims& claims) {
  if (claims.empty()) return {};
  std::vector<StreamQueue::Moved> moved;
  moved.reserve(claims.size());
  for (const auto& claim : claims) {
    moved.push_back({.message = {.message = claim->message(), .due = claim->due()},
                     .attempts = claim->attempts(),
                     .progress = claim->progress()});
  }
  // Who dies between the two moves them again, and Redis knows their ids.
  if (auto adopted = stream_->adopt(moved); !adopted) return adopted;
  for (auto& claim : claims) {
    if (auto gone = folder_->ack(std::move(claim)); !gone) return gone;
  }
  return {};
}

SpooledQueue::Claims SpooledQueue::routed(Claims claims, Queue& queue, char mark) const {
  Claims marked;
  marked.reserve(claims.size());
  for (auto& claim : claims) {
    marked.push_back(std::make_unique<RoutedClaim>(queue, mark, std::move(claim)));
  }
  return marked;
}

Result<bool> SpooledQueue::empty_folder(UtcTime now, std::size_t max, Claims& claims) {
  const std::size_t wanted = max - claims.size();
  auto found = folder_->take(now, wanted);
  if (!found) return std::move(found).error();
  const bool more = found->size() == wanted;
  Claims bound;
  Claims shared;
  for (auto& claim : *found) {
    (is_host_bound(claim->message()) ? bound : shared).push_back(std::move(claim));
  }
  bound = routed(std::move(bound), *folder_, kOfFolder);
  std::move(bound.begin(), bound.end(), std::back_inserter(claims));
  if (!stuck_) {
    if (auto moved = move_over(shared); !moved) stuck_ = std::move(moved).error();
  }
  return more;
}

void SpooledQueue::end_pass() {
  folder_done_ = false;
  stuck_.reset();
}

Result<std::vector<std::unique_ptr<Claim>>> SpooledQueue::take(UtcTime now, std::size_t max) {
  Claims claims;
  while (!folder_done_ && claims.size() < max) {
    auto more = empty_folder(now, max, claims);
    folder_done_ = !more || !*more;
    if (!more) stuck_ = std::move(more).error();
  }
  if (claims.size() == max) return claims;
  std::optional<Error> failure = std::move(stuck_);
  auto found = stream_->take(now, max - claims.size());
  if (found) {
    auto marked = routed(*std::move(found), *stream_, kOfStream);
    std::move(marked.begin(), marked.end(), std::back_inserter(claims));
  } else {
    failure = std::move(found).error();
  }
  if (claims.size() < max) end_pass();
  if (claims.empty() && failure) return *std::move(failure);
  return claims;
}

int SpooledQueue::wake_fd() {
  if (either_) return either_.get();
  const int fds[] = {folder_->wake_fd(), stream_->wake_fd()};
  FileDescriptor either{::epoll_create1(EPOLL_CLOEXEC)};
  for (const int fd : fds) {
    epoll_event event{.events = EPOLLIN, .data = {}};
    if (::epoll_ctl(either.get(), EPOLL_CTL_ADD, fd, &event) != 0) return -1;
  }
  either_ = std::move(either);
  return either_.get();
}

std::unique_ptr<Claim> SpooledQueue::take_again(const std::string& ticket, UtcTime now) {
  const char mark = ticket.front();
  Queue& queue = mark == kOfFolder ? *folder_ : static_cast<Queue&>(*stream_);
  auto claim = queue.take_again(ticket.substr(1), now);
  if (claim == nullptr) return nullptr;
  return std::make_unique<RoutedClaim>(queue, mark, std::move(claim));
}

Result<void> SpooledQueue::ack(std::unique_ptr<Claim> claim) {
  auto& mine = static_cast<RoutedClaim&>(*claim);
  return mine.queue().ack(mine.take_claim());
}

Result<void> SpooledQueue::postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt,
                                    DeliveryProgress progress) {
  auto& mine = static_cast<RoutedClaim&>(*claim);
  return mine.queue().postpone(mine.take_claim(), due, attempt, progress);
}

Result<void> SpooledQueue::bury(std::unique_ptr<Claim> claim, std::string_view reason,
                                DeliveryProgress progress) {
  auto& mine = static_cast<RoutedClaim&>(*claim);
  return mine.queue().bury(mine.take_claim(), reason, progress);
}

Result<std::optional<UtcTime>> SpooledQueue::next_due() {
  auto here = folder_->next_due();
  if (!here) return here;
  auto there = stream_->next_due();
  if (!there && *here) return here;
  if (!there || !*here) return there;
  if (!*there) return here;
  return std::optional{std::min(**here, **there)};
}

Result<std::vector<MessageInfo>> SpooledQueue::list(std::optional<MessageState> state,
                                                    std::size_t max) {
  auto there = stream_->list(state, max);
  if (!there) return there;
  auto here = folder_->list(state, max - there->size());
  if (!here) return here;
  std::move(here->begin(), here->end(), std::back_inserter(*there));
  return there;
}

Result<MessageInfo> SpooledQueue::show(std::string_view id) {
  auto here = folder_->show(id);
  if (here || here.error().code != Errc::not_found) return here;
  return stream_->show(id);
}

Result<std::size_t> SpooledQueue::retry_dead(std::optional<std::string_view> id, UtcTime now) {
  auto here = folder_->retry_dead(id, now);
  if (!here && here.error().code != Errc::not_found) return here;
  if (here && id) return here;
  auto there = stream_->retry_dead(id, now);
  if (!there) return there;
  return here.value_or(0U) + *there;
}

Result<std::size_t> SpooledQueue::purge_dead(UtcTime before) {
  auto here = folder_->purge_dead(before);
  if (!here) return here;
  auto there = stream_->purge_dead(before);
  if (!there) return there;
  return *here + *there;
}

}  // namespace

std::unique_ptr<Queue> make_spooled_queue(std::unique_ptr<StreamQueue> stream,
                                          std::unique_ptr<Queue> folder, Log& log) {
  return std::make_unique<SpooledQueue>(std::move(stream), std::move(folder), log);
}

}  // namespace btcw
