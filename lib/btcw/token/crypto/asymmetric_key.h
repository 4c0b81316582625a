#pragma once

#include <cstdint>
#include <memory>

#include "btcw/token/crypto/openssl.h"

namespace btcw::token::openssl {

enum class Half : std::uint8_t { public_only, both };

/// A key of that kind for use; `half` says whether it can sign.
std::unique_ptr<AsymmetricKey> make_asymmetric_key(Pkey key, KeyKind kind, Half half);

}  // namespace btcw::token::openssl
