#include "btcw/token/hmac.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

using btcw::token::equal_in_constant_time;
using btcw::token::Hash;
using btcw::token::HmacKey;
using btcw::token::sha2;

namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += kHex[static_cast<unsigned char>(c) >> 4U];
    out += kHex[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

}  // namespace

TEST_CASE("SHA-2 of \"abc\" is what FIPS 180-4 says") {
  CHECK(hex(sha2(Hash::sha256, "abc").view()) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha2(Hash::sha384, "abc").view()) ==
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
        "8086072ba1e7cc2358baeca134c825a7");
  CHECK(hex(sha2(Hash::sha512, "abc").view()) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("HMAC agrees with RFC 4231") {
  struct Case {
    std::string_view why;
    std::string key;
    std::string data;
    std::string_view sha256;
    std::string_view sha512;
  };
  const auto row = GENERATE(values<Case>({
      {"test case 1", std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
       "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
       "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
      {"test case 2", "Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
       "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
       "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
      {"test case 6: a key longer than a block", std::string(131, '\xaa'),
       "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
       "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
       "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
  }));
  CAPTURE(row.why);
  CHECK(hex(HmacKey{Hash::sha256, row.key}.mac(row.data).view()) == row.sha256);
  CHECK(hex(HmacKey{Hash::sha512, row.key}.mac(row.data).view()) == row.sha512);
}

TEST_CASE("a key makes the same MAC again and again") {
  const HmacKey key{Hash::sha384, std::string(48, 'k')};
  const auto first = key.mac("data");
  CHECK(key.mac("other").view() != first.view());
  CHECK(key.mac("data").view() == first.view());
  CHECK(first.view().size() == 48);
}

TEST_CASE("two texts are equal only when length and bytes are") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
  CHECK_FALSE(equal_in_constant_time("ab", "abc"));
}
