#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/fake_channel_services.h"
#include "support/http_server.h"

namespace btcw::test {

/// How a service answers, right or wrong.
enum class ChannelTrouble {
  none,
  bad_token,      ///< as for a wrong token, in the service's own form
  no_target,      ///< as for a chat, room or number that does not exist
  limit,          ///< too fast, in the service's own form
  limit_seconds,  ///< 429 with Retry-After in seconds
  limit_date,     ///< 429 with Retry-After as a date
  down,           ///< 503 with a page
  garbage,        ///< 200 with a page of somebody else's
  error_in_200,   ///< 200 with what the service says to a wrong request
  hang,           ///< takes the message and never answers
  close,          ///< takes the message and closes the connection
  reset,          ///< takes the message and resets the connection
  cut_off,        ///< takes the message; the answer ends in the middle
  not_http,       ///< takes the message and answers with what is not HTTP
};

struct ChannelBehaviour {
  ChannelTrouble trouble = ChannelTrouble::none;
  std::size_t times = 0;  ///< for so many requests; 0: for ever
  std::size_t after = 0;  ///< so many are answered well before
  seconds retry_after{20};
  milliseconds delay{0};  ///< before every answer
};

/// A real server that plays the notification services of the table. What arrives is checked as the
/// service would check it (what is required, signatures, limits in the service's own unit) and
/// refused in the service's own form. Thread-safe.
class FakeChannels {
 public:
  FakeChannels();

  /// What a channel's `base_url` has to be: "http://127.0.0.1:PORT/telegram".
  [[nodiscard]] std::string url(std::string_view type) const;
  /// The values of a section that signs in well.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> values(
      std::string_view type) const;
  void behave(const std::string& type, ChannelBehaviour behaviour);

  /// What the service took, in order; of a Matrix transaction the first only.
  [[nodiscard]] std::vector<FakeDelivery> deliveries(std::string_view type) const;
  /// How many requests it got.
  [[nodiscard]] std::size_t requests(std::string_view type) const;
  /// Why requests that were made were refused of the service's own accord.
  [[nodiscard]] std::vector<std::string> refusals(std::string_view type) const;
  [[nodiscard]] std::size_t connections() const { return server_->connections(); }

  /// Nothing listens any more.
  void stop() { server_->stop(); }

 private:
  struct Service {
    ChannelBehaviour behaviour;
    std::size_t requests = 0;
    std::vector<FakeDelivery> deliveries;
    std::vector<std::string> refusals;
  };

  ServedResponse serve(const ServedRequest& request);
  static ServedResponse answer(const FakeService& service, const ChannelBehaviour& behaviour);

  mutable std::mutex mutex_;
  std::map<std::string, Service, std::less<>> services_;
  std::unique_ptr<HttpServer> server_;  // last: its threads use the rest
};

}  // namespace btcw::test
