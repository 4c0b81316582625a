// A short command's life is mostly the loader's work: what the executable is linked with is a
// promise.
#include <catch2/catch.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "support/sanitizer.h"

namespace {

struct ClosePipe {
  void operator()(std::FILE* pipe) const { ::pclose(pipe); }
};

[[maybe_unused]] std::string output_of(const std::string& command) {
  // NOLINTNEXTLINE(cert-env33-c): fixed text
  const std::unique_ptr<std::FILE, ClosePipe> pipe{::popen(command.c_str(), "r")};
  REQUIRE(pipe);
  std::string out;
  for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) {
    out += static_cast<char>(c);
  }
  return out;
}

}  // namespace

TEST_CASE("the executable needs the C library and nothing else to start") {
#if !BTCW_STATIC_RUNTIME || defined(BTCW_SANITIZED)
  WARN("skipped: this build links the shared C++ runtime");
#else
  const std::string needed = output_of(
      "readelf -d " BTCW_EXECUTABLE " | sed -n '/ld-linux/d; s/.*(NEEDED).*\\[\\(.*\\)\\]/\\1/p'");
  CHECK(needed == "libc.so.6\n");
#endif
}
