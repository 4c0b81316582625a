#pragma once

#include "btcw/token/crypto.h"

namespace btcw::token {

/// What libbtcw-crypto hands to load_crypto(). The version comes first and keeps its place.
struct CryptoModule {
  const char* version;
  Crypto crypto;
};

}  // namespace btcw::token

/// The entry point of the module.
extern "C" const btcw::token::CryptoModule* btcw_crypto_module();
