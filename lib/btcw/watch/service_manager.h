#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/environment.h"
#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw {

/// Tells systemd how things stand: the datagrams of sd_notify(3).
///
/// Started by hand there is no $NOTIFY_SOCKET, and every call does nothing. What cannot be sent is
/// lost: the manager has gone, and nothing here could mend that. One thread uses an object.
class ServiceManager {
 public:
  /// Nobody to tell.
  ServiceManager() = default;

  /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
  /// Errors: invalid_input for an address that is neither a path nor an abstract name, or too long;
  /// unavailable when no socket can be made.
  static Result<ServiceManager> from(const Environment& environment);

  ServiceManager(ServiceManager&& other) noexcept;
  ServiceManager& operator=(ServiceManager&& other) noexcept;
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager();

  [[nodiscard]] bool listens() const { return socket_ >= 0; }

  void ready() const { send("READY=1"); }
  /// The configuration is being read again; ready() ends that.
  void reloading() const;
  void stopping() const { send("STOPPING=1"); }
  /// One line for `systemctl status`.
  void status(std::string_view text) const;
  void alive() const { send("WATCHDOG=1"); }

  /// How often alive() is expected at least: half of what the manager waits; nullopt: not at all.
  [[nodiscard]] std::optional<milliseconds> alive_every() const { return alive_every_; }

 private:
  void send(std::string_view message) const;

  int socket_ = -1;
  std::string address_;  ///< of the peer, as it stands in sun_path
  std::optional<milliseconds> alive_every_;
};

}  // namespace btcw
