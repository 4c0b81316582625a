// The one entry point of libbtcw-crypto.
#include "btcw/token/crypto/openssl.h"
#include "btcw/token/crypto_module.h"

extern "C" const btcw::token::CryptoModule* btcw_crypto_module() {
  static constexpr btcw::token::CryptoModule kModule{
      .version = BTCW_VERSION,
      .crypto = {.import_key = btcw::token::openssl::import_key,
                 .read_pem = btcw::token::openssl::read_pem,
                 .generate = btcw::token::openssl::generate}};
  return &kModule;
}
