#include "btcw/redis/redis_error.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "btcw/redis/redis_pipeline.h"

using namespace btcw;

TEST_CASE("an error of Redis says what to do about it") {
  struct Case {
    std::string_view text;
    Errc code;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"OOM command not allowed when used memory > 'maxmemory'.", Errc::unavailable,
       "out of memory"},
      {"READONLY You can't write against a read only replica.", Errc::unavailable, "a replica"},
      {"MISCONF Redis is configured to save RDB snapshots, but", Errc::unavailable, "cannot save"},
      {"LOADING Redis is loading the dataset in memory", Errc::unavailable, "loading"},
      {"BUSY Redis is busy running a script.", Errc::unavailable, "busy"},
      {"NOREPLICAS Not enough good replicas to write.", Errc::unavailable, "replicas"},
      {"MASTERDOWN Link with MASTER is down", Errc::unavailable, "lost its master"},
      {"CLUSTERDOWN The cluster is down", Errc::unavailable, "cluster"},
      {"TRYAGAIN Multiple keys request during rehashing of slot", Errc::unavailable, "cluster"},
      {"NOAUTH Authentication required.", Errc::rejected, "asks for a password"},
      {"WRONGPASS invalid username-password pair or user is disabled.", Errc::rejected, "refuses"},
      {"NOPERM this user has no permissions to run the 'get' command", Errc::rejected, "this user"},
      {"MOVED 3999 127.0.0.1:6381", Errc::rejected, "cluster"},
      {"WRONGTYPE Operation against a key holding the wrong kind", Errc::bad_data, "holds"},
      {"NOSCRIPT No matching script. Please use EVAL.", Errc::not_found, "script"},
      {"ERR syntax error", Errc::rejected, "Redis refuses: \"ERR syntax error\""},
      {"ERR \x1B[31m", Errc::rejected, "Redis refuses: \"ERR \\x1B[31m\""},
      {"OOMPH", Errc::rejected, "Redis refuses: \"OOMPH\""},
      {"", Errc::rejected, "Redis refuses: \"\""},
  }));
  CAPTURE(row.text);
  const Error error = read_redis_error(row.text);
  CHECK(error.code == row.code);
  CHECK_THAT(error.message, Catch::Contains(std::string{row.message}, Catch::CaseSensitive::No));
}

TEST_CASE("nothing of an answer to AUTH is quoted but its first word") {
  struct Case {
    std::string_view text;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"WRONGPASS hunter2", "Redis refuses the user or the password"},
      {"ERR invalid password hunter2", "Redis refuses the user or the password"},
      {"ERR AUTH <password> called without any password configured", "Redis has no password set"},
      {"ERR Client sent AUTH, but no password is set", "Redis has no password set"},
      {"ERR wrong number of arguments for 'auth' command", "older than 6.0"},
      {"ERR unknown command `AUTH`, with args beginning with: `hunter2`", "AUTH with \"ERR\""},
      {"LOADING hunter2", "still loading"},
  }));
  CAPTURE(row.text);
  const Error error = read_auth_error(row.text);
  CHECK_THAT(error.message, Catch::Contains(std::string{row.message}));
  CHECK_THAT(error.message, !Catch::Contains("hunter2"));
}

TEST_CASE("a pipeline writes commands as Redis reads them") {
  RedisPipeline pipeline;
  CHECK(pipeline.empty());
  pipeline.add({"SET", "k", std::string_view{"a\0\r\n", 4}});
  pipeline.add({"PING"});
  CHECK(pipeline.size() == 2);
  CHECK(pipeline.bytes() == std::string_view{"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\0\r\n\r\n"
                                             "*1\r\n$4\r\nPING\r\n",
                                             44});
  pipeline.wipe();
  CHECK(pipeline.empty());
  CHECK(pipeline.bytes().empty());
}
