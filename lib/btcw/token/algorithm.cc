#include "btcw/token/algorithm.h"

#include <array>

namespace btcw::token {
namespace {

struct Row {
  Algorithm algorithm;
  std::string_view name;
  Family family;
  Hash hash;
};

// In the order of the enumeration: an algorithm is its own index.
constexpr std::array kRows{
    Row{Algorithm::hs256, "HS256", Family::hmac, Hash::sha256},
    Row{Algorithm::hs384, "HS384", Family::hmac, Hash::sha384},
    Row{Algorithm::hs512, "HS512", Family::hmac, Hash::sha512},
    Row{Algorithm::rs256, "RS256", Family::rsa_pkcs1, Hash::sha256},
    Row{Algorithm::rs384, "RS384", Family::rsa_pkcs1, Hash::sha384},
    Row{Algorithm::rs512, "RS512", Family::rsa_pkcs1, Hash::sha512},
    Row{Algorithm::ps256, "PS256", Family::rsa_pss, Hash::sha256},
    Row{Algorithm::ps384, "PS384", Family::rsa_pss, Hash::sha384},
    Row{Algorithm::ps512, "PS512", Family::rsa_pss, Hash::sha512},
    Row{Algorithm::es256, "ES256", Family::ecdsa, Hash::sha256},
    Row{Algorithm::es384, "ES384", Family::ecdsa, Hash::sha384},
    Row{Algorithm::es512, "ES512", Family::ecdsa, Hash::sha512},
    Row{Algorithm::eddsa, "EdDSA", Family::eddsa, Hash::sha512},
};

constexpr auto kAll = [] {
  std::array<Algorithm, kRows.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = kRows[i].algorithm;
  return all;
}();

const Row& row_of(Algorithm algorithm) { return kRows[static_cast<std::size_t>(algorithm)]; }

}  // namespace

std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.algorithm;
  }
  return std::nullopt;
}

std::string_view to_string(Algorithm algorithm) { return row_of(algorithm).name; }

std::span<const Algorithm> all_algorithms() { return kAll; }

Family family_of(Algorithm algorithm) { return row_of(algorithm).family; }

Hash hash_of(Algorithm algorithm) { return row_of(algorithm).hash; }

std::size_t hash_size(Hash hash) {
  switch (hash) {
    case Hash::sha256:
      return 32;
    case Hash::sha384:
      return 48;
    case Hash::sha512:
      return 64;
  }
  return 0;
}

}  // namespace btcw::token
