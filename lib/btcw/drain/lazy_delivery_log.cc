#include "btcw/drain/lazy_delivery_log.h"

#include <utility>

#include "btcw/drain/memory_delivery_log.h"

namespace btcw {

DeliveryLog& LazyDeliveryLog::opened() {
  if (opened_ != nullptr) return *opened_;
  if (auto opened = open_()) {
    opened_ = *std::move(opened);
  } else {
    log_.warning("the delivery log cannot be opened, caps hold for this run only: " +
                 opened.error().message);
    opened_ = std::make_unique<MemoryDeliveryLog>();
  }
  return *opened_;
}

}  // namespace btcw
