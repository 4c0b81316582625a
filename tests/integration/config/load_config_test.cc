#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "btcw/config/config.h"
#include "support/config_text.h"
#include "support/temp_folder.h"
#include "support/written_file.h"

using btcw::ConfigOrigin;
using btcw::Environment;
using btcw::load_config;
using btcw::LoadedConfig;
using btcw::seconds;
using btcw::test::lines_of;
using btcw::test::TempFolder;
using btcw::test::written;
using Lines = std::vector<std::string>;

namespace {

// A home of its own; nothing of the machine's is looked at.
struct Home {
  TempFolder folder = {};

  [[nodiscard]] Environment environment(
      std::map<std::string, std::string, std::less<>> more = {}) const {
    more.emplace("HOME", folder.path().string());
    return Environment{std::move(more)};
  }
  [[nodiscard]] LoadedConfig load(const Environment& environment,
                                  std::vector<std::filesystem::path> files = {}) const {
    return load_config({.files = std::move(files),
                        .environment = environment,
                        .list_origins = true,
                        .system_file = folder.path() / "etc.toml"});
  }
  [[nodiscard]] LoadedConfig load() const { return load(environment()); }
};

const std::filesystem::path kUserFile = ".config/btcw/config.toml";

}  // namespace

TEST_CASE("the first file of the search order is read and no other") {
  const Home home;
  const auto ttl = [](const LoadedConfig& loaded) { return loaded.config.cache.ttl; };
  CHECK(ttl(home.load()) == seconds{30});
  CHECK(home.load().files.empty());

  written(home.folder, "etc.toml", "cache.ttl = \"1s\"\nprice.max_age = \"9s\"");
  CHECK(ttl(home.load()) == seconds{1});

  written(home.folder, kUserFile, "cache.ttl = \"2s\"");
  CHECK(ttl(home.load()) == seconds{2});
  CHECK(home.load().config.price.max_age == seconds{30});
  CHECK(home.load().files == std::vector{home.folder.path() / kUserFile});

  const auto xdg = written(home.folder, "xdg/btcw/config.toml", "cache.ttl = \"3s\"");
  const std::string xdg_home = (home.folder.path() / "xdg").string();
  CHECK(ttl(home.load(home.environment({{"XDG_CONFIG_HOME", xdg_home}}))) == seconds{3});

  const auto named = written(home.folder, "named.toml", "cache.ttl = \"4s\"");
  const Environment environment =
      home.environment({{"XDG_CONFIG_HOME", xdg_home}, {"BTCW_CONFIG", named.string()}});
  CHECK(ttl(home.load(environment)) == seconds{4});
  CHECK(ttl(home.load(home.environment({{"BTCW_CONFIG", ""}}))) == seconds{2});

  const auto option = written(home.folder, "option.toml", "cache.ttl = \"5s\"");
  CHECK(ttl(home.load(environment, {option})) == seconds{5});
  CHECK(ttl(home.load(environment, {option, named})) == seconds{4});
}

TEST_CASE("the origin of a value is its file and line") {
  const Home home;
  const auto path = written(home.folder, kUserFile, "\n[cache]\nttl = \"2s\"");
  const LoadedConfig loaded = home.load();
  for (const ConfigOrigin& origin : loaded.origins) {
    if (origin.key == "cache.ttl") CHECK(origin.origin == path.string() + ":3");
  }
  CHECK(load_config({.environment = home.environment()}).origins.empty());
}

TEST_CASE("the folders are those of the user where none is set") {
  const Home home;
  const auto root = home.folder.path();
  const LoadedConfig usual = home.load();
  CHECK(usual.config.general.state_dir == root / ".local/state/btcw");
  CHECK(usual.config.general.cache_dir == root / ".cache/btcw");

  written(home.folder, kUserFile, "general.state_dir = \"~/s\"\ngeneral.cache_dir = \"../c\"");
  const LoadedConfig set = home.load();
  CHECK(set.config.general.state_dir == root / "s");
  CHECK(set.config.general.cache_dir == root / ".config/c");
}

TEST_CASE("a file that cannot be read is an error that names it") {
  const Home home;
  written(home.folder, "huge.toml", std::string(1024 * 1024, '#') + "\n");
  written(home.folder, "most.toml", std::string(1024 * 1024, '#'));
  written(home.folder, "binary.toml", std::string{"a = \"\xff\xfe\""});
  std::filesystem::create_directory(home.folder.path() / "folder");
  struct Case {
    std::string name;
    std::string message;  // empty: none
  };
  const auto row = GENERATE(values<Case>({
      {"missing.toml", ": No such file or directory"},
      {"most.toml/x", ": Not a directory"},
      {"folder", ": is a folder"},
      {"huge.toml", ": larger than 1024 KiB"},
      {"most.toml", ""},
      {"binary.toml", ":1:5: not TOML: "},
  }));
  CAPTURE(row.name);
  const std::string path = (home.folder.path() / row.name).string();

  for (const LoadedConfig& loaded : {home.load(home.environment(), {path}),
                                     home.load(home.environment({{"BTCW_CONFIG", path}}))}) {
    const Lines lines = lines_of(loaded.errors);
    REQUIRE(lines.size() == (row.message.empty() ? 0 : 1));
    if (!lines.empty()) CHECK_THAT(lines[0], Catch::StartsWith(path + row.message));
  }
}

TEST_CASE("every file that was named is judged") {
  const Home home;
  const auto wrong = written(home.folder, "wrong.toml", "x = 1\ncache.ttl = 1");
  const LoadedConfig loaded =
      home.load(home.environment({{"BTCW__PRICE__MAX_AGE", "7"}}), {"/nowhere/a", wrong});
  REQUIRE(loaded.errors.size() == 4);
  CHECK(loaded.errors[0].where == "/nowhere/a");
  CHECK(loaded.errors[1].where == wrong.string() + ":1:1");
  CHECK(loaded.errors[2].where == wrong.string() + ":2:13");
  CHECK(loaded.errors[3].where == "BTCW__PRICE__MAX_AGE");
}

TEST_CASE("a usual file that is not readable is an error, not passed over") {
  if (::geteuid() == 0) return;  // root reads everything
  const Home home;
  const auto path = written(home.folder, kUserFile, "cache.ttl = \"2s\"");
  ::chmod(path.c_str(), 0);
  CHECK(lines_of(home.load().errors) == Lines{path.string() + ": Permission denied"});
}

TEST_CASE("a configuration can come through a pipe") {
  const Home home;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const std::string text = "cache.ttl = \"2s\"\nproxy.user = \"me\"\nproxy.password = \"x\"";
  REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  const LoadedConfig loaded = home.load(home.environment(), {"/dev/fd/" + std::to_string(ends[0])});
  ::close(ends[0]);
  CHECK(lines_of(loaded.errors).empty());
  CHECK(lines_of(loaded.warnings).empty());
  CHECK(loaded.config.cache.ttl == seconds{2});
}

TEST_CASE("a secret in a file that others can read gets a warning") {
  struct Case {
    mode_t mode;
    bool warned;
  };
  const auto row = GENERATE(
      values<Case>({{0600, false}, {0400, false}, {0640, true}, {0644, true}, {0604, true}}));
  const Home home;
  const auto path =
      written(home.folder, kUserFile, "[proxy]\nuser = \"me\"\npassword = \"hunter2\"\n");
  ::chmod(path.c_str(), row.mode);
  CAPTURE(row.mode);

  const LoadedConfig loaded = home.load();

  CHECK(lines_of(loaded.errors).empty());
  CHECK(lines_of(loaded.warnings) ==
        (row.warned ? Lines{path.string() +
                            ":3:12: proxy.password stands in a file that can be read by others: "
                            "chmod 600 " +
                            path.string()}
                    : Lines{}));
}

TEST_CASE("a file without a secret may be read by all") {
  const Home home;
  const auto path =
      written(home.folder, kUserFile, "[proxy]\npassword_env = \"HOME\"\nuser = \"x\"");
  ::chmod(path.c_str(), 0644);
  CHECK(lines_of(home.load().warnings).empty());
}
