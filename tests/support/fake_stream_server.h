#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "support/fake_stream.h"
#include "support/socket_server.h"

namespace btcw::test {

/// An exchange's stream on a real socket of 127.0.0.1. Ends connections that break its rules.
/// Thread-safe.
class FakeStreamServer {
 public:
  explicit FakeStreamServer(std::string exchange, SocketServerOptions options = {});
  ~FakeStreamServer() { server_->stop(); }
  FakeStreamServer(const FakeStreamServer&) = delete;
  FakeStreamServer& operator=(const FakeStreamServer&) = delete;

  /// What an exchange's `ws_url` has to be.
  [[nodiscard]] std::string url() const { return server_->url(); }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

  /// Tells a pair to whoever has subscribed to it; returns how many that were.
  std::size_t push(const std::string& symbol, const FakeQuote& quote);
  /// Says a frame to all, whatever it is; returns how many there are.
  std::size_t say(std::string_view frame);
  /// Waits until somebody has subscribed to the pair; false when `limit` passes before.
  [[nodiscard]] bool wait_for(const std::string& symbol, milliseconds limit = seconds{10});
  /// Ends every connection.
  void cut();
  /// From now on whoever connects is sent away at once.
  void refuse(bool refuse);

  [[nodiscard]] std::size_t connections() const { return server_->connections(); }
  [[nodiscard]] std::vector<std::string> heads() const { return server_->heads(); }
  /// The rules that were broken.
  [[nodiscard]] std::vector<std::string> breaches() const;

 private:
  struct Guest {
    SocketPeer* peer;
    FakeStream stream;
  };

  void serve(SocketPeer& peer);
  bool speak(Guest& guest, const StreamSpeech& speech);
  bool send(const Guest& guest, std::string_view frame) const;

  std::string exchange_;
  mutable std::mutex mutex_;  ///< guards the rest, and every write
  std::list<Guest> guests_;
  std::vector<std::string> breaches_;
  bool refuse_ = false;
  std::unique_ptr<SocketServer> server_;  // last: its threads use the rest
};

}  // namespace btcw::test
