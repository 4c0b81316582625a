// The readers of candles; see fuzz_candles().
#include <cstddef>
#include <cstdint>

#include "support/fuzz_candles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  btcw::test::fuzz_candles({reinterpret_cast<const char*>(data), size});
  return 0;
}
