#include "btcw/drain/delivery_log_module.h"

#include "btcw/drain/sqlite_delivery_log.h"

extern "C" const btcw::DeliveryLogModule* btcw_delivery_log_module() noexcept {
  static constexpr btcw::DeliveryLogModule kModule{.version = BTCW_VERSION,
                                                   .open = btcw::open_sqlite_delivery_log};
  return &kModule;
}
