#include "btcw/store/request_budget.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <utility>

#include "btcw/base/paths.h"

namespace btcw {
namespace {

constexpr std::size_t kSlots = 128;
// A holder keeps the lock for microseconds; one that was stopped in between must not stop others.
constexpr int kLockTries = 25;
constexpr milliseconds kLockPause{2};

constexpr std::uint64_t kHashSeed = 0xcbf29ce484222325U;

/// FNV-1a: to tell hosts apart and to find damage, not to keep anybody out.
std::uint64_t hash(const void* data, std::size_t size, std::uint64_t value = kHashSeed) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i < size; ++i) value = (value ^ bytes[i]) * 0x100000001b3U;
  return value;
}

std::string reason() { return std::generic_category().message(errno); }

}  // namespace

/// What stands in the file of one host. All times are in milliseconds since 1970: they have to mean
/// the same to other processes and after a restart.
struct SharedBudget::Slot {
  std::uint64_t host = 0;  // 0: free
  std::int64_t paid_until = 0;
  std::int64_t closed_until = 0;
  std::uint64_t check = 0;

  [[nodiscard]] std::uint64_t checksum() const { return hash(this, offsetof(Slot, check)); }
  [[nodiscard]] bool is_whole() const { return host != 0 && check == checksum(); }
};

/// One host's slot, locked as long as this lives.
class SharedBudget::Access {
 public:
  /// nullopt: without the file. `fd` is borrowed.
  static std::optional<Access> open(int fd, std::string_view host, std::int64_t now);
  Access(Access&& other) noexcept
      : fd_{std::exchange(other.fd_, -1)}, place_{other.place_}, slot{other.slot} {}
  Access& operator=(Access&&) = delete;
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;
  ~Access() {
    if (fd_ >= 0) ::flock(fd_, LOCK_UN);
  }

  bool store() {
    slot.check = slot.checksum();
    const auto offset = static_cast<off_t>(place_ * sizeof(Slot));
    return ::pwrite(fd_, &slot, sizeof slot, offset) == static_cast<ssize_t>(sizeof slot);
  }

 private:
  Access(int fd, std::size_t place, Slot found) : fd_{fd}, place_{place}, slot{found} {}

  int fd_;
  std::size_t place_;

 public:
  Slot slot;
};

std::optional<SharedBudget::Access> SharedBudget::Access::open(int fd, std::string_view host,
                                                               std::int64_t now) {
  int tries = 0;
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK || ++tries > kLockTries) return std::nullopt;
    ::usleep(static_cast<useconds_t>(std::chrono::microseconds{kLockPause}.count()));
  }
  std::array<Slot, kSlots> slots;
  // What is not there reads as free.
  const ssize_t got = ::pread(fd, slots.data(), sizeof slots, 0);
  if (got < 0) {
    ::flock(fd, LOCK_UN);
    return std::nullopt;
  }
  std::memset(reinterpret_cast<char*>(slots.data()) + got, 0,
              sizeof slots - static_cast<std::size_t>(got));
  const std::uint64_t name = std::max<std::uint64_t>(hash(host.data(), host.size()), 1);
  std::size_t place = 0;
  std::int64_t oldest = INT64_MAX;
  for (std::size_t i = 0; i < kSlots; ++i) {
    const bool whole = slots[i].is_whole();
    if (whole && slots[i].host == name) return Access{fd, i, slots[i]};
    // A new host takes a free or damaged slot, else the one that mattered longest ago.
    const std::int64_t until = whole ? std::max(slots[i].paid_until, slots[i].closed_until) : -1;
    if (until < oldest) {
      oldest = until;
      place = i;
    }
  }
  return Access{fd, place, Slot{.host = name, .paid_until = now}};
}

SharedBudget::SharedBudget(std::filesystem::path file, const Clock& clock, Log& log)
    : file_{std::move(file)}, clock_{clock}, log_{log} {}

void SharedBudget::complain(const std::string& what) {
  if (std::exchange(complained_, true)) return;
  log_.warning("requests are not counted together with other processes", {{"reason", what}});
}

int SharedBudget::opened() {
  if (opened_ || complained_) return opened_.get();
  if (auto made = make_private_folder(file_.parent_path()); !made) {
    complain(made.error().message);
    return -1;
  }
  // A FIFO would make open() wait, and a link lead elsewhere.
  opened_ = FileDescriptor{
      ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)};
  struct stat status {};
  if (!opened_ || ::fstat(opened_.get(), &status) != 0) {
    complain(reason());
  } else if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid()) {
    complain("the file is not ours");
    opened_ = FileDescriptor{};
  }
  return opened_.get();
}

std::optional<milliseconds> SharedBudget::take(std::string_view host, RequestRate rate,
                                               int weight) {
  const int fd = opened();
  if (fd < 0) return std::nullopt;
  const std::int64_t now = to_unix_ms(clock_.now());
  auto access = Access::open(fd, host, now);
  if (!access) {
    complain("the file cannot be locked");
    return std::nullopt;
  }
  const std::int64_t interval = rate.interval.count();
  const std::int64_t price = interval * weight;
  const std::int64_t full = interval * std::max(rate.burst, weight);
  // More than a full bucket can only come from another clock or another rate.
  const std::int64_t paid = std::clamp(access->slot.paid_until, now, now + full);
  const std::int64_t wait = paid + price - full - now;
  if (wait > 0) return milliseconds{wait};
  access->slot.paid_until = paid + price;
  if (!access->store()) complain(reason());
  return std::nullopt;
}

std::optional<UtcTime> SharedBudget::closed_until(std::string_view host) {
  const int fd = opened();
  if (fd < 0) return std::nullopt;
  const std::int64_t now = to_unix_ms(clock_.now());
  const auto access = Access::open(fd, host, now);
  if (!access) return std::nullopt;
  const std::int64_t until = access->slot.closed_until;
  if (until <= now || until > now + kLongestBan.count()) return std::nullopt;
  return from_unix_ms(until);
}

void SharedBudget::close(std::string_view host, UtcTime until) {
  const int fd = opened();
  if (fd < 0) return;
  const std::int64_t now = to_unix_ms(clock_.now());
  auto access = Access::open(fd, host, now);
  if (!access) return complain("the file cannot be locked");
  const std::int64_t limit = now + kLongestBan.count();
  const std::int64_t in_force = access->slot.closed_until > limit ? 0 : access->slot.closed_until;
  access->slot.closed_until = std::max(in_force, std::min(to_unix_ms(until), limit));
  if (!access->store()) complain(reason());
}

}  // namespace btcw
