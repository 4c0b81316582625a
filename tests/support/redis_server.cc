#include "support/redis_server.h"

#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is not in <csignal>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "btcw/redis/hiredis_client.h"

namespace btcw::test {
namespace {

constexpr std::array kPlaces{"/usr/bin/redis-server", "/usr/local/bin/redis-server",
                             "/opt/homebrew/bin/redis-server"};

std::string program() {
  for (const char* const place : kPlaces) {
    if (::access(place, X_OK) == 0) return place;
  }
  return {};
}

[[noreturn]] void become(const std::string& path, const std::vector<std::string>& words) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) ::dup2(nowhere, fd);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(path.c_str(), arguments.data());
  ::_exit(127);
}

}  // namespace

bool RedisServer::is_there() {
  if (!program().empty()) return true;
  std::fputs("skipped: no redis-server\n", stderr);
  return false;
}

RedisServer::RedisServer(std::vector<std::string> options) : options_{std::move(options)} {
  start();
}

RedisServer::~RedisServer() { kill(); }

void RedisServer::start() {
  if (pid_ > 0) return;
  const std::string path = program();
  std::vector<std::string> words{
      path,     "--port", "0",     "--unixsocket",         socket().string(),
      "--save", "",       "--dir", folder_.path().string()};
  words.insert(words.end(), options_.begin(), options_.end());
  std::filesystem::remove(socket());
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error{"fork"};
  if (pid_ == 0) become(path, words);
  for (int tries = 0; tries < 1000; ++tries) {
    if (answers()) return;
    std::this_thread::sleep_for(milliseconds{10});
  }
  throw std::runtime_error{"redis-server does not come up"};
}

void RedisServer::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
  client_.reset();
}

void RedisServer::freeze() const {
  ::kill(pid_, SIGSTOP);
  // Until it has: the signal is on its way.
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void RedisServer::thaw() const { ::kill(pid_, SIGCONT); }

std::unique_ptr<RedisClient> RedisServer::client() const {
  return client_of(url(), clock_, random_,
                   {.connect_timeout = seconds{10}, .timeout = seconds{10}});
}

bool RedisServer::answers() const {
  const auto client = this->client();
  RedisPipeline ping;
  ping.add({"PING"});
  const auto replies = client->run(ping);
  // One that asks for a password is up as well.
  if (!replies) return replies.error().code == Errc::rejected;
  return replies->front().text.substr(0, 7) != "LOADING";
}

RedisReply RedisServer::ask(std::initializer_list<std::string_view> words) {
  if (!client_) client_ = client();
  RedisPipeline pipeline;
  pipeline.add(words);
  const auto replies = client_->run(pipeline);
  if (!replies) throw std::runtime_error{replies.error().message};
  return replies->front();
}

std::unique_ptr<RedisClient> client_of(std::string_view url, const Clock& clock, Random& random,
                                       RedisClientOptions options) {
  auto read = RedisUrl::parse(url);
  if (!read) throw std::runtime_error{read.error().message};
  return make_hiredis_client(*std::move(read), std::move(options), clock, random);
}

}  // namespace btcw::test
