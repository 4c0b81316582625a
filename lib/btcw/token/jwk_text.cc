// How a key is written; jwk.cc reads it.
#include "btcw/token/base64url.h"
#include "btcw/token/jwk.h"

namespace btcw::token {
namespace {

std::string_view kty_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::oct:
      return "oct";
    case KeyKind::rsa:
      return "RSA";
    case KeyKind::p256:
    case KeyKind::p384:
    case KeyKind::p521:
      return "EC";
    case KeyKind::ed25519:
      return "OKP";
  }
  return "";
}

std::string_view crv_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::p256:
      return "P-256";
    case KeyKind::p384:
      return "P-384";
    case KeyKind::p521:
      return "P-521";
    case KeyKind::ed25519:
      return "Ed25519";
    case KeyKind::oct:
    case KeyKind::rsa:
      break;
  }
  return "";
}

void append_text(std::string_view name, std::string_view text, std::string& out) {
  if (text.empty()) return;
  if (out.back() != '{') out += ',';
  append_json_string(name, out);
  out += ':';
  append_json_string(text, out);
}

void append_number(std::string_view name, std::string_view bytes, std::string& out) {
  if (bytes.empty()) return;
  if (out.back() != '{') out += ',';
  append_json_string(name, out);
  out += ":\"";
  append_base64url(bytes, out);
  out += '"';
}

}  // namespace

void append_jwk(const Key& key, KeyParts parts, std::string& out) {
  const KeyNumbers& numbers = key.numbers();
  out += '{';
  append_text("kty", kty_of(numbers.kind), out);
  append_text("kid", key.kid(), out);
  append_text("alg", to_string(key.algorithm()), out);
  append_text("use", "sig", out);
  if (key.not_after()) append_text("not_after", to_rfc3339(*key.not_after()), out);
  append_text("crv", crv_of(numbers.kind), out);
  append_number("n", numbers.n, out);
  append_number("e", numbers.e, out);
  append_number("x", numbers.x, out);
  append_number("y", numbers.y, out);
  if (parts == KeyParts::all) {
    append_number("k", numbers.k.reveal(), out);
    append_number("d", numbers.d.reveal(), out);
    append_number("p", numbers.p.reveal(), out);
    append_number("q", numbers.q.reveal(), out);
    append_number("dp", numbers.dp.reveal(), out);
    append_number("dq", numbers.dq.reveal(), out);
    append_number("qi", numbers.qi.reveal(), out);
  }
  out += '}';
}

std::string thumbprint(const KeyNumbers& numbers) {
  // The members that make the key, in the order of their names, without any space.
  std::string json = "{";
  append_text("crv", crv_of(numbers.kind), json);
  append_number("e", numbers.e, json);
  append_text("kty", kty_of(numbers.kind), json);
  append_number("n", numbers.n, json);
  append_number("x", numbers.x, json);
  append_number("y", numbers.y, json);
  json += '}';
  return to_base64url(sha2(Hash::sha256, json).view());
}

}  // namespace btcw::token
