#include "btcw/token/hmac.h"

#include <algorithm>
#include <array>

#include "btcw/base/secret.h"

namespace btcw::token {
namespace {

std::size_t block_size(Hash hash) { return hash == Hash::sha256 ? 64 : 128; }

Sha2 keyed(Hash hash, std::string_view key, unsigned char pad) {
  std::array<char, 128> block{};
  std::copy(key.begin(), key.end(), block.begin());
  for (char& byte : block) byte = static_cast<char>(static_cast<unsigned char>(byte) ^ pad);
  Sha2 state{hash};
  state.update({block.data(), block_size(hash)});
  wipe(block.data(), block.size());
  return state;
}

}  // namespace

HmacKey::HmacKey(Hash hash, std::string_view secret) : inner_{hash}, outer_{hash} {
  Digest shortened;
  if (secret.size() > block_size(hash)) {
    shortened = sha2(hash, secret);
    secret = shortened.view();
  }
  keep_in_memory(this, sizeof(*this));
  inner_ = keyed(hash, secret, 0x36);
  outer_ = keyed(hash, secret, 0x5c);
  wipe(shortened.bytes.data(), shortened.bytes.size());
}

HmacKey::~HmacKey() {
  wipe(&inner_, sizeof(inner_));
  wipe(&outer_, sizeof(outer_));
}

Digest HmacKey::mac(std::string_view data) const {
  Sha2 inner = inner_;
  inner.update(data);
  Sha2 outer = outer_;
  outer.update(inner.finish().view());
  return outer.finish();
}

}  // namespace btcw::token
