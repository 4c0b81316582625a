#pragma once

#include <sys/types.h>

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/random.h"
#include "btcw/redis/redis_client.h"
#include "support/temp_folder.h"

namespace btcw::test {

/// A real redis-server with a private unix socket and no port, in a folder of its own. Killed when
/// it goes out of scope.
class RedisServer {
 public:
  /// False, with a line on stderr that the test is skipped, where there is no redis-server.
  static bool is_there();

  /// Starts it; `options` as on its command line: {"--requirepass", "x"}.
  explicit RedisServer(std::vector<std::string> options = {});
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer();

  /// Starts it if it does not run, and waits until it answers.
  void start();
  void kill();
  /// SIGSTOP: connections come about, and nothing is answered.
  void freeze() const;
  void thaw() const;

  [[nodiscard]] std::filesystem::path socket() const { return folder_ / "redis.sock"; }
  [[nodiscard]] std::string url() const { return "unix://" + socket().string(); }

  /// A client of it, which waits long.
  [[nodiscard]] std::unique_ptr<RedisClient> client() const;
  /// What it says to one command. Precondition: it runs.
  RedisReply ask(std::initializer_list<std::string_view> words);
  /// Likewise its text, "" where there is none.
  std::string text(std::initializer_list<std::string_view> words) { return ask(words).text; }

 private:
  [[nodiscard]] bool answers() const;

  TempFolder folder_;
  std::vector<std::string> options_;
  SystemClock clock_;
  mutable SystemRandom random_;
  std::unique_ptr<RedisClient> client_;
  pid_t pid_ = -1;
};

/// A client of the server with that URL.
std::unique_ptr<RedisClient> client_of(std::string_view url, const Clock& clock, Random& random,
                                       RedisClientOptions options = {});

}  // namespace btcw::test
