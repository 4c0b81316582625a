#include "btcw/watch/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <utility>

namespace btcw {
namespace {

std::optional<std::int64_t> positive_number(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || end != text->data() + text->size() || number <= 0) {
    return std::nullopt;
  }
  return number;
}

// The address of a watchdog meant for another process of the service is inherited all the same.
std::optional<milliseconds> watchdog_pause(const Environment& environment) {
  const auto us = positive_number(environment.get("WATCHDOG_USEC"));
  if (!us) return std::nullopt;
  const auto pid = environment.get("WATCHDOG_PID");
  if (pid && positive_number(pid) != getpid()) return std::nullopt;
  return std::max(milliseconds{*us / 2000}, milliseconds{1});
}

}  // namespace

Result<ServiceManager> ServiceManager::from(const Environment& environment) {
  ServiceManager manager;
  const auto address = environment.get("NOTIFY_SOCKET");
  if (!address || address->empty()) return manager;
  const bool known_kind = address->front() == '/' || address->front() == '@';
  if (!known_kind || address->size() < 2 || address->size() >= sizeof(sockaddr_un::sun_path)) {
    return Error{Errc::invalid_input, "NOTIFY_SOCKET is no socket's address: '" +
                                          std::string{address->substr(0, 60)} + "'"};
  }
  manager.address_ = *address;
  if (manager.address_.front() == '@') manager.address_.front() = '\0';
  manager.socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (manager.socket_ < 0) {
    return Error{Errc::unavailable, std::string{"NOTIFY_SOCKET: "} + std::strerror(errno)};
  }
  manager.alive_every_ = watchdog_pause(environment);
  return manager;
}

ServiceManager::ServiceManager(ServiceManager&& other) noexcept
    : socket_{std::exchange(other.socket_, -1)},
      address_{std::move(other.address_)},
      alive_every_{other.alive_every_} {}

ServiceManager& ServiceManager::operator=(ServiceManager&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(address_, other.address_);
  std::swap(alive_every_, other.alive_every_);
  return *this;
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) close(socket_);
}

void ServiceManager::reloading() const {
  // Type=notify-reload wants to know that this answer is younger than its question.
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto us = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us));
}

void ServiceManager::status(std::string_view text) const {
  if (!listens()) return;
  std::string message{"STATUS="};
  for (const char c : text) message += c == '\n' ? ' ' : c;
  send(message);
}

void ServiceManager::send(std::string_view message) const {
  if (!listens()) return;
  sockaddr_un peer{};
  peer.sun_family = AF_UNIX;
  std::memcpy(peer.sun_path, address_.data(), address_.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  // Never waits: a manager whose queue is full gets the next one.
  [[maybe_unused]] const auto sent =
      sendto(socket_, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
             reinterpret_cast<const sockaddr*>(&peer), size);
}

}  // namespace btcw
