// Any text as a signal of a bot, and as the body of a webhook: what is read is a whole message.
#include <cstddef>
#include <cstdint>

#include "support/fuzz_signals.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  btcw::test::fuzz_signal({reinterpret_cast<const char*>(data), size});
  return 0;
}
