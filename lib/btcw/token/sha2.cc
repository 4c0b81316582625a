// libcrypto's low-level hash functions are marked deprecated in OpenSSL 3 in favour of EVP. EVP
// starts the providers (1.7 ms) and cannot be linked without them; these functions are the same
// code (with the processor's SHA instructions) and stand alone. This is the one file that uses
// them.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "btcw/token/sha2.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cassert>
#include <memory>

namespace btcw::token {
namespace {

SHA256_CTX* as_256(std::byte* state) { return reinterpret_cast<SHA256_CTX*>(state); }
SHA512_CTX* as_512(std::byte* state) { return reinterpret_cast<SHA512_CTX*>(state); }

}  // namespace

Sha2::Sha2(Hash hash) : hash_{hash} {
  static_assert(sizeof(SHA256_CTX) <= sizeof(state_) && sizeof(SHA512_CTX) <= sizeof(state_));
  switch (hash) {
    case Hash::sha256:
      SHA256_Init(new (state_.data()) SHA256_CTX);
      return;
    case Hash::sha384:
      SHA384_Init(new (state_.data()) SHA512_CTX);
      return;
    case Hash::sha512:
      SHA512_Init(new (state_.data()) SHA512_CTX);
      return;
  }
}

void Sha2::update(std::string_view bytes) {
  if (hash_ == Hash::sha256) {
    SHA256_Update(as_256(state_.data()), bytes.data(), bytes.size());
  } else {
    SHA512_Update(as_512(state_.data()), bytes.data(), bytes.size());
  }
}

Digest Sha2::finish() {
  Digest digest;
  digest.size = hash_size(hash_);
  auto* const out = reinterpret_cast<unsigned char*>(digest.bytes.data());
  if (hash_ == Hash::sha256) {
    SHA256_Final(out, as_256(state_.data()));
  } else {
    // Also for SHA-384: the state knows its length.
    SHA512_Final(out, as_512(state_.data()));
  }
  return digest;
}

Digest sha2(Hash hash, std::string_view bytes) {
  Sha2 running{hash};
  running.update(bytes);
  return running.finish();
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace btcw::token
