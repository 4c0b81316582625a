#pragma once

#include <memory>
#include <string>
#include <vector>

#include "btcw/notify/channel.h"
#include "btcw/notify/http_outcome.h"
#include "btcw/notify/secret_mask.h"

namespace btcw {

/// What a request is made for.
enum class RequestUse {
  send,
  show,  ///< a preview: kMasked stands for a signature
};

/// A service behind HTTP: what it is asked and how its answers are read. Pure; thread-safe.
class HttpService {
 public:
  virtual ~HttpService() = default;
  /// The requests that bring one message there, one a piece; at least one.
  [[nodiscard]] virtual std::vector<HttpRequest> requests(const Notification& notification,
                                                          UtcTime now, RequestUse use) const = 0;
  /// What an answer means, whatever its status.
  [[nodiscard]] virtual Delivery judge(const HttpResponse& response) const = 0;
};

/// A channel that makes a service's requests one after the other. What `mask` knows appears neither
/// in a preview nor in a detail, which begins with the host and names no more of the URL.
[[nodiscard]] std::unique_ptr<Channel> make_http_channel(std::unique_ptr<const HttpService> service,
                                                         SecretMask mask,
                                                         const ChannelPorts& ports);

/// A POST of a JSON body.
[[nodiscard]] HttpRequest json_post(std::string url, std::string body);
/// A POST of a form.
[[nodiscard]] HttpRequest form_post(std::string url,
                                    const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace btcw
