#include <signal.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "btcw/token/revocation_list.h"
#include "support/run_btcw.h"
#include "support/token_forge.h"

using btcw::test::Invocation;
using btcw::test::Outcome;
using btcw::test::RunningProgram;
using btcw::test::Sandbox;
using btcw::token::RevocationList;

namespace {

constexpr int kWorkers = 200;
constexpr int kKills = 60;
constexpr int kBatch = 400;

std::set<std::string> revoked_in(const std::string& file) {
  const auto listed = RevocationList{file}.list();
  REQUIRE(listed.has_value());
  std::set<std::string> ids;
  for (const auto& revocation : *listed) ids.insert(revocation.jti);
  return ids;
}

// Issues a token, revokes it, and says so once it is acknowledged.
RunningProgram start_worker(const Sandbox& shell, const std::string& key, const std::string& file,
                            int number) {
  const std::string id = "worker-" + std::to_string(number);
  return shell.start(
      {.arguments = {"-c",
                     "t=$(\"$B\" token issue --key \"$K\" --jti \"$I\") && "
                     "\"$B\" token revoke --key \"$K\" --revocations \"$F\" \"$t\" && "
                     "echo \"$I\" && { \"$B\" token verify --key \"$K\" --revocations \"$F\" \"$t\""
                     "; echo \"$?\"; }"},
       .environment = {{"B", BTCW_EXECUTABLE}, {"K", key}, {"F", file}, {"I", id}}});
}

}  // namespace

TEST_CASE(
    "two hundred processes revoke at once while one is killed, and nothing acknowledged is lost") {
  const Sandbox shell{"/bin/sh"};
  const Sandbox btcw{BTCW_EXECUTABLE};
  const std::string file = (shell.root() / "revoked").string();
  const auto key = shell.write_file("key.json", btcw::test::forge_jwk());
  ::chmod(key.c_str(), 0600);
  std::vector<RunningProgram> workers;
  for (int i = 0; i < kWorkers; ++i) workers.push_back(start_worker(shell, key.string(), file, i));

  std::mt19937 random{20261122};
  std::set<std::string> acknowledged;
  int killed = 0;
  for (int i = 0; i < kKills; ++i) {
    std::string batch;
    std::set<std::string> ids;
    for (int j = 0; j < kBatch; ++j) {
      ids.insert("victim-" + std::to_string(i) + '-' + std::to_string(j));
    }
    for (const std::string& id : ids) batch += id + '\n';
    RunningProgram victim =
        btcw.start({.arguments = {"token", "revoke", "--revocations", file, "-"}, .input = batch});
    std::this_thread::sleep_for(std::chrono::microseconds{random() % 20000});
    victim.signal(SIGKILL);
    const Outcome outcome = victim.wait();
    if (outcome.exit_code == 0) acknowledged.merge(ids);
    killed += outcome.exit_code == 128 + SIGKILL ? 1 : 0;
  }
  for (int i = 0; i < kWorkers; ++i) {
    const Outcome outcome = workers[static_cast<std::size_t>(i)].wait(btcw::seconds{60});
    const std::string id = "worker-" + std::to_string(i);
    CAPTURE(id, outcome.err);
    CHECK(outcome.out == id + "\n10\n");
    acknowledged.insert(id);
  }

  const std::set<std::string> revoked = revoked_in(file);
  CAPTURE(killed, acknowledged.size(), revoked.size());
  CHECK(killed > 0);
  for (const std::string& id : acknowledged) {
    if (revoked.count(id) == 0) FAIL("lost: " << id);
  }
  RevocationList list{file};
  CHECK(list.contains("worker-0").value());
  CHECK_FALSE(list.contains("nobody").value());
}
