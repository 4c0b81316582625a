#pragma once

#include <memory>
#include <string>
#include <vector>

#include "btcw/notify/attachment.h"
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
  /// The size of the largest file that it takes; 0: it takes none.
  [[nodiscard]] virtual std::size_t max_attachment_bytes() const { return 0; }
  /// The request that brings a file, judged as the others. Precondition: it takes files.
  [[nodiscard]] virtual HttpRequest attachment_request(const Notification& notification,
                                                       const Attachment& file) const;
};

/// A channel that makes a service's requests one after the other, then one for each attachment that
/// it can read; of the others the text tells the names. What `mask` knows appears neither
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
