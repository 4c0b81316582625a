// Any text as the template of a message, of an alert or of a signal: what is read can be filled in.
#include <cstddef>
#include <cstdint>

#include "support/fuzz_templates.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  btcw::test::fuzz_template({reinterpret_cast<const char*>(data), size});
  return 0;
}
