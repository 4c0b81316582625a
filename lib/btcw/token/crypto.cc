#include "btcw/token/crypto.h"

#include <string>

#include "btcw/base/module_file.h"
#include "btcw/token/crypto_module.h"

namespace btcw::token {
namespace {

Result<const Crypto*> load() {
  const auto entry = load_module("libbtcw-crypto.so", "btcw_crypto_module");
  if (!entry) return entry.error();
  const auto* const module = reinterpret_cast<decltype(&btcw_crypto_module)>(*entry)();
  if (std::string_view{module->version} != BTCW_VERSION) {
    return Error{Errc::unavailable, "libbtcw-crypto.so is of version " +
                                        std::string{module->version} + ", not " BTCW_VERSION};
  }
  return &module->crypto;
}

}  // namespace

Result<const Crypto*> load_crypto() {
  static const Result<const Crypto*> kLoaded = load();
  return kLoaded;
}

std::size_t number_size(KeyKind kind) {
  switch (kind) {
    case KeyKind::p256:
    case KeyKind::ed25519:
      return 32;
    case KeyKind::p384:
      return 48;
    case KeyKind::p521:
      return 66;
    case KeyKind::oct:
    case KeyKind::rsa:
      break;
  }
  return 0;
}

}  // namespace btcw::token
