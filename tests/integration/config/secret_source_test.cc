#include "btcw/config/secret_source.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "btcw/config/config.h"
#include "support/config_text.h"
#include "support/temp_folder.h"
#include "support/written_file.h"

using btcw::Environment;
using btcw::fetch_secret;
using btcw::FetchedSecret;
using btcw::load_config;
using btcw::LoadedConfig;
using btcw::milliseconds;
using btcw::Result;
using btcw::seconds;
using btcw::SecretForm;
using btcw::test::lines_of;
using btcw::test::TempFolder;
using btcw::test::written;

namespace {

Environment usual() { return Environment{{{"PATH", "/usr/bin:/bin"}, {"GREETING", "hello"}}}; }

Result<FetchedSecret> by_command(const std::string& command,
                                 btcw::CommandLimits limits = {.time = seconds{5}}) {
  return fetch_secret({.form = SecretForm::command, .reference = command}, usual(), limits);
}

bool runs(pid_t pid) { return ::kill(pid, 0) == 0; }

}  // namespace

TEST_CASE("a secret is what its file holds, less one line end") {
  struct Case {
    std::string text;
    std::string secret;
  };
  const auto row = GENERATE(values<Case>({
      {"hunter2", "hunter2"},
      {"hunter2\n", "hunter2"},
      {"hunter2\r\n", "hunter2"},
      {"hunter2\n\n", "hunter2\n"},
      {" a\nb \n", " a\nb "},
      {std::string{"a\0b", 3}, std::string{"a\0b", 3}},
      {std::string(64 * 1024, 'x'), std::string(64 * 1024, 'x')},
  }));
  const TempFolder folder;
  const auto path = written(folder, "secret", row.text);
  ::chmod(path.c_str(), 0600);

  const auto fetched = fetch_secret({.form = SecretForm::file, .reference = path}, usual());

  REQUIRE(fetched);
  CHECK(fetched->secret.reveal() == row.secret);
  CHECK_FALSE(fetched->warning);
}

TEST_CASE("a secret's file that is not as it should be is refused") {
  const TempFolder folder;
  struct Case {
    std::string name;
    std::string message;
  };
  written(folder, "empty", "");
  written(folder, "newline", "\n");
  written(folder, "huge", std::string(64 * 1024 + 1, 'x'));
  std::filesystem::create_directory(folder.path() / "folder");
  const auto row = GENERATE(values<Case>({
      {"missing", "No such file or directory"},
      {"empty", "is empty"},
      {"newline", "is empty"},
      {"huge", "larger than 64 KiB"},
      {"folder", "is a folder"},
  }));
  CAPTURE(row.name);
  const auto fetched = fetch_secret(
      {.form = SecretForm::file, .reference = (folder.path() / row.name).string()}, usual());
  REQUIRE_FALSE(fetched);
  CHECK_THAT(fetched.error().message, Catch::Contains(row.message) && Catch::Contains(row.name));
}

TEST_CASE("a secret's file that others can read gets a warning") {
  const TempFolder folder;
  const auto path = written(folder, "secret", "hunter2");
  ::chmod(path.c_str(), 0644);
  const auto fetched = fetch_secret({.form = SecretForm::file, .reference = path}, usual());
  REQUIRE(fetched);
  REQUIRE(fetched->warning);
  CHECK(*fetched->warning == "can be read by others: chmod 600 " + path.string());
}

TEST_CASE("a secret can stand in a variable") {
  const auto of = [](const std::string& name) {
    return fetch_secret({.form = SecretForm::environment, .reference = name},
                        Environment{{{"A", "hunter2\n"}, {"EMPTY", ""}}});
  };
  REQUIRE(of("A"));
  CHECK(of("A")->secret.reveal() == "hunter2\n");
  CHECK(of("EMPTY").error().message == "the variable of that name is empty");
  CHECK(of("hunter3").error().message == "there is no variable of that name");
}

TEST_CASE("a secret is what a command prints, less one line end") {
  struct Case {
    std::string command;
    std::string secret;
  };
  const auto row = GENERATE(values<Case>({
      {"printf hunter2", "hunter2"},
      {"echo hunter2", "hunter2"},
      {"/bin/sh -c 'printf \"a\\n\\n\"'", "a\n"},
      {"sh -c 'echo \"$GREETING $UNSET\"'", "hello "},
      {"echo $HOME *", "$HOME *"},
      {"sh -c 'read line; echo \"got:$line\"'", "got:"},  // its stdin is empty
      {"sh -c 'echo out; echo err >/dev/null >&2' ", "out"},
      {"head -c 65536 /dev/zero", std::string(65536, '\0')},
  }));
  CAPTURE(row.command);
  const auto fetched = by_command(row.command);
  REQUIRE(fetched);
  CHECK(fetched->secret.reveal() == row.secret);
}

TEST_CASE("a command that gives no secret is an error that holds none of its output") {
  struct Case {
    std::string command;
    std::string message;
  };
  const auto row = GENERATE(values<Case>({
      {"sh -c 'echo hunter2; exit 3'", "the command failed with status 3"},
      {"sh -c 'echo hunter2; kill -9 $$'", "the command was ended by signal 9"},
      {"true", "the command prints nothing"},
      {"echo", "the command prints nothing"},
      {"head -c 65537 /dev/zero", "the command prints more than 65536 bytes"},
      {"yes hunter2", "the command prints more than 65536 bytes"},
      {"no-such-program-of-ours x", "no such program in $PATH: \"no-such-program-of-ours\""},
      {"/nowhere/program", "no such program: \"/nowhere/program\""},
      {"/tmp", "no such program: \"/tmp\""},
      {"'", "a quote in the command is not closed"},
  }));
  CAPTURE(row.command);
  const auto fetched = by_command(row.command);
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().message == row.message);
}

TEST_CASE("a command that hangs is killed with all that it started") {
  const TempFolder folder;
  const std::string pids = (folder.path() / "pids").string();
  const bool keeps_pipe = GENERATE(true, false);
  const std::string command = std::string{"sh -c 'sleep 60 "} + (keeps_pipe ? "" : ">/dev/null ") +
                              "& echo $! > " + pids +
                              (keeps_pipe ? "; wait'" : "; exec >&-; wait'");
  const auto begin = std::chrono::steady_clock::now();

  const auto fetched = by_command(command, {.time = milliseconds{300}});

  CHECK(std::chrono::steady_clock::now() - begin < seconds{4});
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().message == "the command takes too long");
  pid_t sleeper = 0;
  std::ifstream{pids} >> sleeper;
  REQUIRE(sleeper > 0);
  for (int i = 0; i < 200 && runs(sleeper); ++i) ::usleep(10'000);
  CHECK_FALSE(runs(sleeper));
}

TEST_CASE("a command is found in the absolute folders of the given $PATH only") {
  const TempFolder folder;
  const auto script = written(folder, "bin/give", "#!/bin/sh\necho hunter2\n");
  const auto fetch = [](const std::string& path) {
    return fetch_secret({.form = SecretForm::command, .reference = "give"},
                        Environment{{{"PATH", path}}});
  };
  CHECK_FALSE(fetch(script.parent_path()));  // it is no program yet
  ::chmod(script.c_str(), 0700);
  CHECK(fetch("::relative:/nowhere:" + script.parent_path().string()));
  CHECK_FALSE(fetch(""));
  CHECK_FALSE(fetch(":."));
}

TEST_CASE("secrets are fetched only when asked for") {
  const TempFolder folder;
  const std::string mark = (folder.path() / "mark").string();
  const auto path = written(
      folder, "c.toml",
      "proxy.user = \"me\"\nproxy.password_command = \"sh -c 'touch " + mark + "; echo hunter2'\"");
  const Environment environment{{{"HOME", "/"}, {"PATH", "/usr/bin:/bin"}}};

  const LoadedConfig left = load_config(
      {.files = {path}, .environment = environment, .secrets = btcw::SecretFetching::none});
  CHECK(lines_of(left.errors).empty());
  CHECK(left.config.http.proxy_password.empty());
  CHECK_FALSE(std::filesystem::exists(mark));

  const LoadedConfig fetched = load_config({.files = {path}, .environment = environment});
  CHECK(lines_of(fetched.errors).empty());
  CHECK(fetched.config.http.proxy_password.reveal() == "hunter2");
  CHECK(std::filesystem::exists(mark));
}

TEST_CASE("a channel's secrets are fetched for those who send, and only when it is enabled") {
  const TempFolder folder;
  const std::string mark = (folder.path() / "mark").string();
  const std::string token = "\"sh -c 'echo $0 >>" + mark + "; echo hunter2' ";
  const auto path =
      written(folder, "c.toml",
              "[channel.on]\ntype = \"telegram\"\nchat = 1\ntoken_command = " + token +
                  "on\"\n[channel.off]\ntype = \"telegram\"\nchat = 1\n"
                  "enabled = false\ntoken_command = " +
                  token + "off\"\n");
  const Environment environment{{{"HOME", "/"}, {"PATH", "/usr/bin:/bin"}}};

  const LoadedConfig prices = load_config({.files = {path},
                                           .environment = environment,
                                           .secrets = btcw::SecretFetching::all_but_channels});
  CHECK(lines_of(prices.errors).empty());
  CHECK_FALSE(std::filesystem::exists(mark));

  const LoadedConfig sending = load_config({.files = {path}, .environment = environment});
  CHECK(lines_of(sending.errors).empty());
  CHECK(sending.config.channels.at("on").settings.secrets.at("token").reveal() == "hunter2");
  CHECK(sending.config.channels.at("off").settings.secrets.empty());
  std::ifstream marks{mark};
  std::string first;
  std::string second;
  CHECK(std::getline(marks, first));
  CHECK(first == "on");
  CHECK_FALSE(std::getline(marks, second));
}

TEST_CASE("a secret that cannot be fetched is told with its key and place") {
  const TempFolder folder;
  const auto path = written(folder, "c.toml", "proxy.password_file = \"missing\"");
  const LoadedConfig loaded =
      load_config({.files = {path}, .environment = Environment{{{"HOME", "/"}}}});
  REQUIRE(loaded.errors.size() == 1);
  CHECK(lines_of(loaded.errors)[0] == path.string() + ":1:23: proxy.password_file: \"" +
                                          (folder.path() / "missing").string() +
                                          "\": No such file or directory");
}

TEST_CASE("a command in an earlier file does not run when a later one says otherwise") {
  const TempFolder folder;
  const std::string mark = (folder.path() / "mark").string();
  const auto first = written(folder, "1.toml",
                             "[proxy]\nuser = \"me\"\npassword_command = \"touch " + mark + "\"");
  const auto second = written(folder, "2.toml", "proxy.password = \"x\"");
  ::chmod(second.c_str(), 0600);
  const LoadedConfig loaded =
      load_config({.files = {first, second},
                   .environment = Environment{{{"HOME", "/"}, {"PATH", "/usr/bin:/bin"}}}});
  CHECK(lines_of(loaded.errors).empty());
  CHECK_FALSE(std::filesystem::exists(mark));
}
