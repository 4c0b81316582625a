#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "btcw/token/key_set.h"
#include "support/sanitizer.h"

namespace {

// How much memory of this process is never written to a disk.
long locked_kib() {
  std::ifstream status{"/proc/self/status"};
  std::string word;
  long kib = -1;
  while (status >> word) {
    if (word == "VmLck:") status >> kib;
  }
  return kib;
}

}  // namespace

TEST_CASE("a key stays in memory that is never written to a disk, where the system allows that") {
  rlimit limit{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit);
  if (btcw::test::kSanitized) {
    WARN("skipped: the sanitizers' runtime takes mlock() for nothing");
    return;
  }
  const auto keys = btcw::token::KeySet::read_secret(std::string(64, 'k'), {});
  REQUIRE(keys.has_value());
  if (limit.rlim_cur < 65536) return;
  CHECK(locked_kib() > 0);
}
