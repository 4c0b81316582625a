#include "btcw/token/signer.h"

#include <array>
#include <utility>

#include "btcw/token/base64url.h"

namespace btcw::token {

Signer::Signer(const Key& key, std::string_view typ) : key_{key} {
  std::string header = "{\"alg\":\"" + std::string{to_string(key.algorithm())} + '"';
  if (!typ.empty()) {
    header += ",\"typ\":";
    append_json_string(typ, header);
  }
  if (!key.kid().empty()) {
    header += ",\"kid\":";
    append_json_string(key.kid(), header);
  }
  header += '}';
  head_ = to_base64url(header) + '.';
}

Result<void> Signer::sign(std::string_view payload, std::string& out) const {
  const std::size_t start = out.size();
  out += head_;
  append_base64url(payload, out);
  const std::size_t size = out.size() - start;
  out += '.';
  auto signed_ = key_.sign(std::string_view{out}.substr(start, size), out);
  if (!signed_) out.resize(start);
  return signed_;
}

void add_lifetime(Claims& claims, UtcTime now, milliseconds lifetime) {
  if (!claims.has("iat")) claims.set_time("iat", now);
  if (!claims.has("exp")) claims.set_time("exp", now + lifetime);
}

std::string new_token_id(Random& random) {
  std::array<std::byte, 16> bytes{};
  random.fill(bytes);
  return to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<std::string> issue(const Key& key, Claims claims, UtcTime now, milliseconds lifetime) {
  add_lifetime(claims, now, lifetime);
  std::string payload;
  claims.append_json(payload);
  std::string token;
  auto signed_ = Signer{key}.sign(payload, token);
  if (!signed_) return std::move(signed_).error();
  return token;
}

}  // namespace btcw::token
