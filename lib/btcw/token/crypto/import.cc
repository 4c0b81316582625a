// From numbers to a key that libcrypto accepts, and that is worth accepting.
#include <openssl/core_names.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "btcw/token/crypto/asymmetric_key.h"
#include "btcw/token/crypto/openssl.h"
#include "btcw/token/key.h"

namespace btcw::token::openssl {
namespace {

constexpr std::size_t kLeastRsaBits = 2048;
constexpr std::size_t kLeastWeakRsaBits = 1024;
// Above it one verification takes tens of milliseconds.
constexpr std::size_t kMostRsaBits = 16384;

Half half_of(const KeyNumbers& numbers) {
  return numbers.d.empty() ? Half::public_only : Half::both;
}

// Parameters for EVP_PKEY_fromdata. The numbers outlive the builder, which only points at them.
class KeyParams {
 public:
  KeyParams() : build_{OSSL_PARAM_BLD_new()} {}

  void number(const char* name, std::string_view bytes) {
    if (bytes.empty()) return;
    numbers_.push_back(to_number(bytes));
    OSSL_PARAM_BLD_push_BN(build_.get(), name, numbers_.back().get());
  }
  void text(const char* name, const char* value) {
    OSSL_PARAM_BLD_push_utf8_string(build_.get(), name, value, 0);
  }
  void octets(const char* name, std::string_view bytes) {
    OSSL_PARAM_BLD_push_octet_string(build_.get(), name, bytes.data(), bytes.size());
  }

  Pkey make(const char* type, Half half) {
    const Params params{OSSL_PARAM_BLD_to_param(build_.get())};
    const PkeyContext context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key,
                          half == Half::both ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                          params.get()) != 1) {
      ERR_clear_error();
      return nullptr;
    }
    return Pkey{key};
  }

 private:
  ParamBuild build_;
  std::vector<Number> numbers_;
};

std::size_t bit_length(std::string_view number) {
  const std::size_t zeros = std::min(number.find_first_not_of('\0'), number.size());
  number.remove_prefix(zeros);
  if (number.empty()) return 0;
  std::size_t bits = (number.size() - 1) * 8;
  for (auto first = static_cast<unsigned char>(number.front()); first != 0; first >>= 1U) ++bits;
  return bits;
}

Result<void> check_rsa(const KeyNumbers& numbers, WeakKeys weak) {
  const std::size_t bits = bit_length(numbers.n);
  const std::size_t least = weak == WeakKeys::accepted ? kLeastWeakRsaBits : kLeastRsaBits;
  if (bits < least) {
    return Error{Errc::rejected, "an RSA key of " + std::to_string(bits) + " bits is too short (" +
                                     std::to_string(least) + " at least)"};
  }
  if (bits > kMostRsaBits) {
    return Error{Errc::rejected, "an RSA key of " + std::to_string(bits) + " bits is too long"};
  }
  const auto is_odd = [](const std::string& number) {
    return (static_cast<unsigned char>(number.back()) & 1U) != 0;
  };
  const std::size_t exponent_bits = bit_length(numbers.e);
  // libcrypto itself refuses exponents over 64 bits with a long modulus: they only cost time.
  if (exponent_bits < 2 || exponent_bits > 64 || !is_odd(numbers.e)) {
    return Error{Errc::rejected,
                 "an RSA key whose public exponent is no odd number from 3 to 2^64"};
  }
  if (!is_odd(numbers.n)) return Error{Errc::bad_data, "an RSA modulus that is even"};
  if (shows_roca(numbers.n)) {
    return Error{Errc::rejected, "an RSA key that can be factored (ROCA, CVE-2017-15361)"};
  }
  return {};
}

Pkey make_rsa(const KeyNumbers& numbers) {
  KeyParams params;
  params.number(OSSL_PKEY_PARAM_RSA_N, numbers.n);
  params.number(OSSL_PKEY_PARAM_RSA_E, numbers.e);
  params.number(OSSL_PKEY_PARAM_RSA_D, numbers.d.reveal());
  params.number(OSSL_PKEY_PARAM_RSA_FACTOR1, numbers.p.reveal());
  params.number(OSSL_PKEY_PARAM_RSA_FACTOR2, numbers.q.reveal());
  params.number(OSSL_PKEY_PARAM_RSA_EXPONENT1, numbers.dp.reveal());
  params.number(OSSL_PKEY_PARAM_RSA_EXPONENT2, numbers.dq.reveal());
  params.number(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, numbers.qi.reveal());
  return params.make("RSA", half_of(numbers));
}

Pkey make_ec(const KeyNumbers& numbers) {
  KeyParams params;
  params.text(OSSL_PKEY_PARAM_GROUP_NAME, curve_name(numbers.kind));
  const std::string point = '\x04' + numbers.x + numbers.y;
  params.octets(OSSL_PKEY_PARAM_PUB_KEY, point);
  params.number(OSSL_PKEY_PARAM_PRIV_KEY, numbers.d.reveal());
  return params.make("EC", half_of(numbers));
}

// The points of small order of edwards25519 and their other spellings, the sign bit apart: with one
// of them as the key, signatures hold that nobody made.
bool is_of_small_order(std::string x) {
  constexpr std::array<std::string_view, 2> kOfOrderEight{
      "\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\xd5\xdf\xac\x05\xd3\xc6\x33"
      "\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05",
      "\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\x2a\x20\x53\xfa\x2c\x39\xcc"
      "\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a"};
  x.back() = static_cast<char>(static_cast<unsigned char>(x.back()) & 0x7fU);
  if (std::find(kOfOrderEight.begin(), kOfOrderEight.end(), x) != kOfOrderEight.end()) return true;
  const std::string_view middle = std::string_view{x}.substr(1, 30);
  const auto first = static_cast<unsigned char>(x.front());
  const auto last = static_cast<unsigned char>(x.back());
  // 0 and 1; p - 1, p and p + 1.
  if (first <= 1 && last == 0) return middle.find_first_not_of('\0') == std::string_view::npos;
  if (first < 0xec || first > 0xee || last != 0x7f) return false;
  return middle.find_first_not_of('\xff') == std::string_view::npos;
}

Result<Pkey> make_ed25519(const KeyNumbers& numbers) {
  if (is_of_small_order(numbers.x)) {
    return Error{Errc::rejected, "an Ed25519 key of small order"};
  }
  Pkey given{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(numbers.x),
                                         numbers.x.size())};
  if (!given || numbers.d.empty()) return given;
  const std::string_view d = numbers.d.reveal();
  Pkey pair{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(d), d.size())};
  // libcrypto derives the public half; a wrong one beside it would make signatures that leak.
  if (pair && EVP_PKEY_eq(pair.get(), given.get()) != 1) {
    return Error{Errc::bad_data, "the private and the public half do not belong together"};
  }
  return pair;
}

// A signature that its own public half does not accept gives the private half away, or is useless.
Result<void> check_pair(const AsymmetricKey& key, KeyKind kind) {
  const Algorithm algorithm = usual_algorithm(kind);
  const auto signature = key.sign(algorithm, "do the halves belong together");
  if (signature && key.verify(algorithm, "do the halves belong together", *signature)) return {};
  return Error{Errc::bad_data, "the private and the public half do not belong together"};
}

Result<Pkey> make_pkey(const KeyNumbers& numbers, WeakKeys weak) {
  switch (numbers.kind) {
    case KeyKind::oct:
      break;
    case KeyKind::rsa: {
      const auto checked = check_rsa(numbers, weak);
      if (!checked) return checked.error();
      return make_rsa(numbers);
    }
    case KeyKind::p256:
    case KeyKind::p384:
    case KeyKind::p521:
      return make_ec(numbers);
    case KeyKind::ed25519:
      return make_ed25519(numbers);
  }
  return Error{Errc::rejected, "not a key of two halves"};
}

}  // namespace

Result<std::unique_ptr<AsymmetricKey>> import_key(const KeyNumbers& numbers, WeakKeys weak) {
  auto pkey = make_pkey(numbers, weak);
  if (!pkey) return pkey.error();
  if (*pkey == nullptr) return Error{Errc::bad_data, "numbers that are no key of their kind"};
  auto key = make_asymmetric_key(*std::move(pkey), numbers.kind, half_of(numbers));
  if (half_of(numbers) == Half::both) {
    const auto checked = check_pair(*key, numbers.kind);
    if (!checked) return checked.error();
  }
  return key;
}

}  // namespace btcw::token::openssl
