#include "btcw/notify/http_channel.h"

#include <fmt/format.h>

#include <cassert>
#include <utility>

#include "btcw/base/percent.h"
#include "btcw/notify/base_url.h"

namespace btcw {
namespace {

constexpr std::size_t kMaxAnswerBytes = 64UL * 1024;
constexpr milliseconds kConnectTimeout = seconds{5};

/// What a channel and its attempts use.
struct Parts {
  std::unique_ptr<const HttpService> service;
  SecretMask mask;
  HttpTransport& http;
  const Clock& clock;
};

/// One message on its way. Owned by the callbacks of its requests, so that it outlives a channel
/// that is let go meanwhile.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  // Shared with the channel and with its other attempts.
  Attempt(std::shared_ptr<const Parts> parts, std::vector<HttpRequest> requests,
          SteadyTime deadline, DeliveryDone done)
      : parts_{std::move(parts)},
        requests_{std::move(requests)},
        deadline_{deadline},
        done_{std::move(done)} {}

  void start_next() {
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline_ - parts_->clock.steady_now());
    if (left <= milliseconds{0}) return finish(transient_failure("no time left"), next_ + 1);
    HttpRequest request = std::move(requests_[next_]);
    host_ = host_of(request.url);
    request.timeout = left;
    request.connect_timeout = std::min(kConnectTimeout, left);
    request.max_body_bytes = kMaxAnswerBytes;
    parts_->http.start(
        std::move(request),
        [self = shared_from_this()](const Result<HttpResponse>& answer) { self->take(answer); });
  }

 private:
  void take(const Result<HttpResponse>& answer) {
    Delivery delivery;
    if (answer) {
      delivery = parts_->service->judge(*answer);
      if (!delivery.detail.empty()) delivery.detail = host_ + ": " + delivery.detail;
    } else {
      delivery = delivery_of_error(answer.error(), parts_->http.progress());
    }
    ++next_;
    if (delivery.result != DeliveryResult::delivered || next_ == requests_.size()) {
      return finish(std::move(delivery), next_);
    }
    start_next();
  }

  void finish(Delivery delivery, std::size_t piece) {
    if (delivery.result != DeliveryResult::delivered && requests_.size() > 1) {
      delivery.detail = fmt::format("piece {} of {}: {}", piece, requests_.size(), delivery.detail);
      const bool may_be_tried_again = delivery.result != DeliveryResult::permanent;
      if (piece > 1 && may_be_tried_again) delivery.result = DeliveryResult::ambiguous;
    }
    delivery.detail = parts_->mask.apply(delivery.detail);
    std::exchange(done_, nullptr)(std::move(delivery));
  }

  std::shared_ptr<const Parts> parts_;
  std::vector<HttpRequest> requests_;
  SteadyTime deadline_;
  DeliveryDone done_;
  std::size_t next_ = 0;
  std::string host_;
};

/// Loads what the service takes; what stays in `notification.attachments` is what its text names.
std::vector<Attachment> take_attachments(const HttpService& service, Notification& notification) {
  std::vector<Attachment> taken;
  if (service.max_attachment_bytes() == 0) return taken;
  std::vector<std::string> left;
  for (std::string& path : notification.attachments) {
    auto file = read_attachment(path, service.max_attachment_bytes());
    if (file) {
      taken.push_back(*std::move(file));
    } else {
      left.push_back(std::move(path));
    }
  }
  notification.attachments = std::move(left);
  return taken;
}

class HttpChannel final : public Channel {
 public:
  explicit HttpChannel(std::shared_ptr<const Parts> parts) : parts_{std::move(parts)} {}

  void deliver(const Notification& notification, milliseconds timeout, DeliveryDone done) override {
    auto requests = all_requests(notification, RequestUse::send);
    std::make_shared<Attempt>(parts_, std::move(requests), parts_->clock.steady_now() + timeout,
                              std::move(done))
        ->start_next();
  }

  std::string preview(const Notification& notification) override {
    std::string out;
    for (const HttpRequest& request : all_requests(notification, RequestUse::show)) {
      if (!out.empty()) out += '\n';
      out += request.method + ' ' + request.url + '\n';
      for (const auto& [name, value] : request.headers) out += name + ": " + value + '\n';
      if (!request.body.empty()) out += '\n' + request.body + '\n';
    }
    return parts_->mask.apply(out);
  }

 private:
  [[nodiscard]] std::vector<HttpRequest> all_requests(Notification notification,
                                                      RequestUse use) const {
    const HttpService& service = *parts_->service;
    std::vector<Attachment> files = take_attachments(service, notification);
    auto requests = service.requests(notification, parts_->clock.now(), use);
    for (Attachment& file : files) {
      if (use == RequestUse::show) {
        file.content = fmt::format("[{} bytes]", file.content.size());
      }
      requests.push_back(service.attachment_request(notification, file));
    }
    return requests;
  }

  std::shared_ptr<const Parts> parts_;
};

}  // namespace

HttpRequest HttpService::attachment_request(const Notification&, const Attachment&) const {
  assert(false && "takes no files");
  return {};
}

std::unique_ptr<Channel> make_http_channel(std::unique_ptr<const HttpService> service,
                                           SecretMask mask, const ChannelPorts& ports) {
  return std::make_unique<HttpChannel>(std::make_shared<const Parts>(
      Parts{std::move(service), std::move(mask), *ports.http, ports.clock}));
}

HttpRequest json_post(std::string url, std::string body) {
  return {.method = "POST",
          .url = std::move(url),
          .headers = {{"Content-Type", "application/json; charset=utf-8"}},
          .body = std::move(body)};
}

HttpRequest form_post(std::string url,
                      const std::vector<std::pair<std::string, std::string>>& fields) {
  return {.method = "POST",
          .url = std::move(url),
          .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
          .body = form_encode(fields)};
}

}  // namespace btcw
