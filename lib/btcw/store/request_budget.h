#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/clock.h"
#include "btcw/base/file_descriptor.h"
#include "btcw/base/log.h"
#include "btcw/base/result.h"

namespace btcw {

/// What may be sent to one host: a leaky bucket. `burst` units at once, then one every `interval`.
struct RequestRate {
  int burst = 1;
  milliseconds interval{0};
};

/// How many requests this user may send to each host, all processes together, and which hosts must
/// be left alone for now. One thread uses an object.
///
/// A host is named by a text, its base address.
class RequestBudget {
 public:
  virtual ~RequestBudget() = default;

  /// Pays for a request of that weight: nullopt. Else nothing is paid, and the time after which it
  /// is worth asking again is returned. What weighs more than a burst waits for a full bucket.
  virtual std::optional<milliseconds> take(std::string_view host, RequestRate rate, int weight) = 0;

  /// Until when the host is to be left alone; nullopt: it is not, or no longer.
  virtual std::optional<UtcTime> closed_until(std::string_view host) = 0;

  /// Leaves the host alone until then. An earlier moment than the one in force changes nothing.
  virtual void close(std::string_view host, UtcTime until) = 0;
};

/// The budget in a file that all processes share: what one of them pays or is told counts for the
/// others at once, and outlasts them.
///
/// The file has a fixed size and a checksum for every host, and is held locked for a few
/// microseconds a call. It is made when it is first needed. Whatever is wrong with it (damaged,
/// somebody else's, a lock that is not let go of, a full disk) is told the log once and costs
/// courtesy, never an answer: requests are then admitted. A moment further ahead than any exchange
/// bans is not believed.
class SharedBudget final : public RequestBudget {
 public:
  static constexpr milliseconds kLongestBan = std::chrono::hours{24 * 3};

  SharedBudget(std::filesystem::path file, const Clock& clock, Log& log);
  SharedBudget(const SharedBudget&) = delete;
  SharedBudget& operator=(const SharedBudget&) = delete;
  ~SharedBudget() override = default;

  std::optional<milliseconds> take(std::string_view host, RequestRate rate, int weight) override;
  std::optional<UtcTime> closed_until(std::string_view host) override;
  void close(std::string_view host, UtcTime until) override;

 private:
  struct Slot;
  class Access;

  void complain(const std::string& what);
  [[nodiscard]] int opened();

  std::filesystem::path file_;
  const Clock& clock_;
  Log& log_;
  FileDescriptor opened_;
  bool complained_ = false;
};

}  // namespace btcw
