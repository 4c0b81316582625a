#include "btcw/queue/file_queue.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "btcw/base/file_descriptor.h"
#include "btcw/queue/backlog.h"
#include "btcw/queue/claimed_files.h"
#include "btcw/queue/dedup_index.h"
#include "btcw/queue/file_claim.h"
#include "btcw/queue/queue_folder.h"
#include "btcw/queue/queue_listing.h"
#include "btcw/queue/queue_name.h"
#include "btcw/queue/queue_writer.h"
#include "btcw/store/background_close.h"

namespace btcw {
namespace {

/// Nothing tells that the holder of a message has died: after so long, look again.
constexpr milliseconds kClaimsMayEnd{500};

/// What a call of take() has come to so far.
struct Taken {
  std::vector<std::unique_ptr<Claim>> claims = {};
  std::optional<Error> failure = std::nullopt;  ///< the first of those that befell single files
};

class FileQueue final : public Queue {
 public:
  FileQueue(QueueFolder folder, QueuePorts ports) : folder_{std::move(folder)}, ports_{ports} {}
  FileQueue(const FileQueue&) = delete;
  FileQueue& operator=(const FileQueue&) = delete;
  ~FileQueue() override = default;

  Result<void> add(std::span<const NewMessage> messages) override { return writer_.add(messages); }
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

  void remove_abandoned() { writer_.remove_abandoned(); }

 private:
  Result<void> put_aside_corrupt(const std::string& file, const std::string& reason, UtcTime now);
  /// Goes through what is due of the names at hand.
  void claim_due(UtcTime now, std::size_t max, Taken& taken);
  void claim_next(UtcTime now, std::size_t& lost, Taken& taken);
  void drain_watch();

  QueueFolder folder_;
  QueuePorts ports_;
  QueueWriter writer_{folder_, ports_};
  QueueListing listing_{folder_, ports_.files, writer_};
  Backlog backlog_;
  std::optional<SteadyTime> looked_at_;  ///< when next_due() read the names of the backlog
  FileDescriptor watch_;                 ///< inotify; none until somebody waits
  BackgroundClose removed_;
};

Result<void> FileQueue::put_aside_corrupt(const std::string& file, const std::string& reason,
                                          UtcTime now) {
  auto put = put_aside(ports_.files, folder_.pending, file, folder_.corrupt, file, reason, now);
  if (!put) return std::move(put).error();
  if (!put->empty()) {
    ports_.log.warning("put aside what is no message", {{"file", *put}, {"reason", reason}});
  }
  return {};
}

Result<std::string> FileQueue::add_once(const NewMessage& message, milliseconds window) {
  DedupIndex index{folder_.path, ports_.files};
  auto held = index.hold(message.message.dedup_key, window, ports_.clock.now());
  if (!held) return std::move(held).error();
  if (!held->taken_by().empty()) return held->taken_by();
  auto added = add(std::span{&message, 1});
  if (!added) return std::move(added).error();
  held->sent(message.message.id, ports_.clock.now());
  // So that marks do not pile up where nothing else clears them away.
  constexpr std::uint64_t kPruneOneIn = 64;
  if (ports_.random.below(kPruneOneIn) == 0) {
    if (auto pruned = index.prune(ports_.clock.now()); !pruned) {
      ports_.log.debug(pruned.error().message);
    }
  }
  return message.message.id;
}

void FileQueue::claim_next(UtcTime now, std::size_t& lost, Taken& taken) {
  constexpr std::size_t kMostSkipped = 512;
  const auto entry = backlog_.pop();
  auto attempt = try_claim(ports_.files, folder_, entry, now);
  switch (attempt.outcome) {
    case ClaimOutcome::claimed:
      taken.claims.push_back(std::move(attempt.claim));
      lost = 0;
      return;
    case ClaimOutcome::lost:
      // Others work at the same place: begin somewhere else instead of losing every race to them.
      if (++lost >= 2) backlog_.skip(ports_.random.below(std::min(kMostSkipped, lost * 16)), now);
      return;
    case ClaimOutcome::not_ready:
      return;
    case ClaimOutcome::no_message:
      if (auto put = put_aside_corrupt(entry.file, attempt.reason, now); !put)
        attempt.error = std::move(put).error();
      break;
    case ClaimOutcome::failed:
      break;
  }
  if (!taken.failure) taken.failure = std::move(attempt.error);
}

void FileQueue::claim_due(UtcTime now, std::size_t max, Taken& taken) {
  std::size_t lost = 0;
  do {
    while (taken.claims.size() < max && !backlog_.empty() && backlog_.front().due <= now)
      claim_next(now, lost, taken);
  } while (taken.claims.size() < max && backlog_.turn_back());
}

Result<std::vector<std::unique_ptr<Claim>>> FileQueue::take(UtcTime now, std::size_t max) {
  drain_watch();
  constexpr milliseconds kNamesServe{100};
  if (looked_at_ && ports_.clock.steady_now() - *looked_at_ > kNamesServe) backlog_.restart();
  looked_at_.reset();
  Taken taken;
  bool has_scanned = false;
  for (;;) {
    claim_due(now, max, taken);
    if (taken.claims.size() >= max) return std::move(taken.claims);
    // A call that finds nothing in the names at hand also looks at what has come since.
    const bool looks_again = taken.claims.empty() && !has_scanned;
    if (!looks_again && !(backlog_.empty() && backlog_.more())) break;
    has_scanned = true;
    if (auto scanned = backlog_.scan(ports_.files, folder_, now); !scanned) {
      taken.failure = std::move(scanned).error();
      break;
    }
  }
  backlog_.restart();
  if (taken.claims.empty() && taken.failure) return *std::move(taken.failure);
  return std::move(taken.claims);
}

std::unique_ptr<Claim> FileQueue::take_again(const std::string& ticket, UtcTime now) {
  auto name = QueueName::parse(ticket);
  Backlog::Entry entry{.due = now, .file = ticket};
  if (name) {
    entry.due = name->due;
    entry.priority = name->priority;
    entry.sequence = name->sequence;
    entry.name = std::move(name);
  }
  auto attempt = try_claim(ports_.files, folder_, entry, now);
  if (attempt.outcome == ClaimOutcome::no_message) {
    // Where that fails, the next take() meets it and says so.
    static_cast<void>(put_aside_corrupt(ticket, attempt.reason, now));
  }
  return std::move(attempt.claim);
}

Result<void> FileQueue::ack(std::unique_ptr<Claim> claim) {
  auto& mine = static_cast<FileClaim&>(*claim);
  const int failure = ports_.files.unlink_at(folder_.pending.fd(), mine.name().c_str(), 0);
  if (failure < 0 && failure != -ENOENT)
    return file_error(mine.name(), "delivered, but cannot be removed", failure);
  removed_.close(mine.take_file());
  return {};
}

Result<void> FileQueue::postpone(std::unique_ptr<Claim> claim, UtcTime due, Attempt attempt,
                                 DeliveryProgress progress) {
  const auto& mine = static_cast<const FileClaim&>(*claim);
  QueueName name = mine.parts();
  name.due = whole_second(due, ports_.clock.now());
  name.progress = progress;
  if (attempt != Attempt::does_not_count) ++name.attempts;
  if (attempt == Attempt::counts_as_ambiguous) name.maybe_duplicate = true;
  const int failure = ports_.files.rename_at(folder_.pending.fd(), mine.name().c_str(),
                                             folder_.pending.fd(), name.to_string().c_str(), 0);
  if (failure < 0 && failure != -ENOENT)
    return file_error(mine.name(), "cannot be put off", failure);
  return {};
}

Result<void> FileQueue::bury(std::unique_ptr<Claim> claim, std::string_view reason,
                             DeliveryProgress progress) {
  const auto& mine = static_cast<const FileClaim&>(*claim);
  QueueName name = mine.parts();
  name.progress = progress;
  // Another program's file keeps its name, unless there is something to be written into it.
  const bool is_news = progress.delivered != mine.parts().progress.delivered;
  auto put = put_aside(ports_.files, folder_.pending, mine.name(), folder_.dead,
                       is_news ? name.to_string() : mine.name(), reason, ports_.clock.now());
  if (!put) return std::move(put).error();
  return {};
}

Result<std::optional<UtcTime>> FileQueue::next_due() {
  const auto now = ports_.clock.now();
  // Between two passes the names that are read here are at hand for the next one.
  Backlog other;
  const bool between_passes = backlog_.is_fresh();
  Backlog& names = between_passes ? backlog_ : other;
  if (auto scanned = names.scan(ports_.files, folder_, now); !scanned)
    return std::move(scanned).error();
  if (between_passes) looked_at_ = ports_.clock.steady_now();
  std::optional<ClaimedFiles> claimed;
  for (const auto& entry : names.names()) {
    if (entry.due > now) {
      return std::optional{claimed ? std::min(entry.due, now + kClaimsMayEnd) : entry.due};
    }
    if (!claimed) claimed = ClaimedFiles::read();
    struct stat found {};
    if (ports_.files.stat_at(folder_.pending.fd(), entry.file.c_str(), found, AT_SYMLINK_NOFOLLOW) <
        0)
      continue;
    if (!claimed->contains(found)) return std::optional{entry.due};
  }
  if (claimed) return std::optional{now + kClaimsMayEnd};
  return std::optional<UtcTime>{};
}

int FileQueue::wake_fd() {
  if (watch_) return watch_.get();
  FileDescriptor watch{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
  // A rename of ours, or another program that is done with writing.
  if (watch &&
      ::inotify_add_watch(watch.get(), folder_.path.c_str(), IN_MOVED_TO | IN_CLOSE_WRITE) >= 0) {
    watch_ = std::move(watch);
  }
  return watch_.get();
}

// NOLINTNEXTLINE(readability-make-member-function-const): it takes what waits in the descriptor
void FileQueue::drain_watch() {
  if (!watch_) return;
  alignas(inotify_event) std::array<char, 4096> events;
  while (::read(watch_.get(), events.data(), events.size()) > 0) {
  }
}

}  // namespace

std::string make_message_id(const Clock& clock, Random& random) {
  constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
  constexpr std::size_t kTimeDigits = 9;  // 45 bits of milliseconds: until the year 3084
  constexpr std::size_t kRandomDigits = 8;
  std::string id(kTimeDigits + kRandomDigits, '0');
  auto time = static_cast<std::uint64_t>(to_unix_ms(clock.now()));
  for (std::size_t i = kTimeDigits; i-- > 0; time >>= 5U) id[i] = kDigits[time & 31U];
  std::array<std::byte, kRandomDigits> bytes{};
  random.fill(bytes);
  for (std::size_t i = 0; i < kRandomDigits; ++i)
    id[kTimeDigits + i] = kDigits[std::to_integer<std::size_t>(bytes[i]) & 31U];
  return id;
}

Result<std::unique_ptr<Queue>> open_file_queue(const std::filesystem::path& folder,
                                               QueuePorts ports) {
  auto opened = QueueFolder::open(folder, ports.files);
  if (!opened) return std::move(opened).error().within("queue");
  auto queue = std::make_unique<FileQueue>(*std::move(opened), ports);
  queue->remove_abandoned();
  return queue;
}

}  // namespace btcw
