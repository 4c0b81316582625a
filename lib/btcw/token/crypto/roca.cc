// CVE-2017-15361: primes of the form k·M + (65537^a mod M), M the product of the first primes. Then
// the modulus is a power of 65537 modulo each of those primes, which a random one is with a chance
// of about 2^-27 for the primes up to 167 (the M of the smallest keys).
#include <array>
#include <cstdint>

#include "btcw/token/crypto/openssl.h"

namespace btcw::token::openssl {
namespace {

constexpr std::array<std::uint32_t, 38> kPrimes{
    3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
    73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};

std::uint32_t remainder(std::string_view number, std::uint32_t prime) {
  std::uint32_t rest = 0;
  for (const char byte : number) rest = (rest * 256 + static_cast<unsigned char>(byte)) % prime;
  return rest;
}

bool is_power_of_65537(std::uint32_t value, std::uint32_t prime) {
  std::uint32_t power = 1;
  for (std::uint32_t i = 0; i < prime; ++i) {
    if (power == value) return true;
    power = power * (65537 % prime) % prime;
  }
  return false;
}

}  // namespace

bool shows_roca(std::string_view modulus) {
  for (const std::uint32_t prime : kPrimes) {
    if (!is_power_of_65537(remainder(modulus, prime), prime)) return false;
  }
  return true;
}

}  // namespace btcw::token::openssl
