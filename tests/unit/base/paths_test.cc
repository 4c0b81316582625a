#include "btcw/base/paths.h"

#include <catch2/catch.hpp>

using namespace btcw;

TEST_CASE("folders follow the XDG variables, else the home folder") {
  struct Case {
    std::string_view why;
    std::map<std::string, std::string, std::less<>> environment;
    std::string_view config_file;
    std::string_view state_dir;
    std::string_view cache_dir;
  };
  const auto row = GENERATE(values<Case>({
      {"home alone",
       {{"HOME", "/home/u"}},
       "/home/u/.config/btcw/config.toml",
       "/home/u/.local/state/btcw",
       "/home/u/.cache/btcw"},
      {"all set, no home needed",
       {{"XDG_CONFIG_HOME", "/c"}, {"XDG_STATE_HOME", "/s"}, {"XDG_CACHE_HOME", "/k"}},
       "/c/btcw/config.toml",
       "/s/btcw",
       "/k/btcw"},
      {"the runtime folder before the cache folder",
       {{"HOME", "/h"}, {"XDG_RUNTIME_DIR", "/run/user/7"}, {"XDG_CACHE_HOME", "/k"}},
       "/h/.config/btcw/config.toml",
       "/h/.local/state/btcw",
       "/run/user/7/btcw"},
      {"relative and empty values count as unset",
       {{"HOME", "/h"},
        {"XDG_CONFIG_HOME", "c"},
        {"XDG_STATE_HOME", ""},
        {"XDG_RUNTIME_DIR", "./run"},
        {"XDG_CACHE_HOME", "../k"}},
       "/h/.config/btcw/config.toml",
       "/h/.local/state/btcw",
       "/h/.cache/btcw"},
  }));
  CAPTURE(row.why);

  const auto paths = find_paths(Environment{row.environment});

  REQUIRE(paths.has_value());
  CHECK(paths->config_file == row.config_file);
  CHECK(paths->state_dir == row.state_dir);
  CHECK(paths->cache_dir == row.cache_dir);
}
