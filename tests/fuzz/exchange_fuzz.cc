// See fuzz_exchange(). One program picks the exchange by the input, and one for each exchange does
// not.
#include <cstddef>
#include <cstdint>

#include "fuzzed.h"
#include "support/fuzz_exchange.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  btcw::test::fuzz_exchange({reinterpret_cast<const char*>(data), size}, kFuzzedExchange);
  return 0;
}
