// Headers, claims, base64url and whole tokens, signed and not.
#include <cstddef>
#include <cstdint>

#include "support/fuzz_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  btcw::test::fuzz_token({reinterpret_cast<const char*>(data), size});
  return 0;
}
