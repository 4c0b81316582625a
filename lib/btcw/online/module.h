#pragma once

#include "btcw/online/online.h"

/// The one symbol of the network module that load_online() looks up. The table lives as long as the
/// process.
extern "C" const btcw::Online* btcw_online_v1() noexcept;
