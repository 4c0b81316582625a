#include "btcw/redis/hiredis_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "btcw/base/thread_start.h"

namespace btcw {
namespace {

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

Result<std::vector<std::string>> ask_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (failure != 0) {
    return Error{Errc::unavailable, std::string{"cannot find the host: "} + gai_strerror(failure)};
  }
  const std::unique_ptr<addrinfo, FreeAddresses> list{found};
  std::vector<std::string> addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  return addresses;
}

}  // namespace

struct HostLookup::Search {
  std::mutex mutex;  // guards the one below
  std::condition_variable done;
  std::optional<Result<std::vector<std::string>>> answer;
};

HostLookup::HostLookup() : HostLookup{ask_system} {}

Result<std::vector<std::string>> HostLookup::find(const std::string& host, milliseconds limit) {
  if (is_address(host)) return std::vector{host};
  if (search_ == nullptr) {
    auto search = std::make_shared<Search>();
    std::thread thread;
    auto started = start_thread(thread, [search, host, resolve = resolve_] {
      auto answer = resolve(host);
      const std::lock_guard lock{search->mutex};
      search->answer.emplace(std::move(answer));
      search->done.notify_one();
    });
    if (!started) return std::move(started).error();
    thread.detach();
    search_ = std::move(search);
  }
  std::unique_lock lock{search_->mutex};
  if (!search_->done.wait_for(lock, limit, [this] { return search_->answer.has_value(); })) {
    return Error{Errc::unavailable,
                 "the address of the host was not found within " + to_string(limit)};
  }
  auto answer = *std::move(search_->answer);
  lock.unlock();
  search_.reset();
  return answer;
}

}  // namespace btcw
