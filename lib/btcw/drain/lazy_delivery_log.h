#pragma once

#include <functional>
#include <memory>
#include <string>

#include "btcw/base/log.h"
#include "btcw/drain/delivery_log.h"

namespace btcw {

/// A log that is opened when it is needed first: a run that finds nothing to deliver needs no
/// database.
///
/// Where it cannot be opened, a log in memory stands in for the rest of the process, and one line
/// says so.
class LazyDeliveryLog final : public DeliveryLog {
 public:
  using Open = std::function<Result<std::unique_ptr<DeliveryLog>>()>;

  /// `log` is borrowed.
  LazyDeliveryLog(Open open, Log& log) : open_{std::move(open)}, log_{log} {}

  [[nodiscard]] bool is_open() const { return opened_ != nullptr; }

  void record(DeliveryRecord record) override { opened().record(std::move(record)); }
  /// Nothing to do, and no reason to open it, while nothing was recorded.
  Result<void> flush() override { return is_open() ? opened_->flush() : Result<void>{}; }
  Result<std::optional<UtcTime>> reserve(std::string_view channel, const Caps& caps,
                                         UtcTime now) override {
    return opened().reserve(channel, caps, now);
  }
  Result<void> block(std::string_view channel, UtcTime until) override {
    return opened().block(channel, until);
  }
  Result<std::optional<UtcTime>> blocked_until(std::string_view channel, UtcTime now) override {
    return opened().blocked_until(channel, now);
  }
  Result<std::vector<DeliveryRecord>> list(const Query& query) override {
    return opened().list(query);
  }
  Result<std::size_t> prune(UtcTime before) override { return opened().prune(before); }

 private:
  DeliveryLog& opened();

  Open open_;
  Log& log_;
  std::unique_ptr<DeliveryLog> opened_ = nullptr;
};

}  // namespace btcw
