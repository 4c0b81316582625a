#include "btcw/net/http.h"

namespace btcw {

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Result<HttpResponse> HttpTransport::send(HttpRequest request) {
  std::optional<Result<HttpResponse>> answer;
  start(std::move(request), [&answer](Result<HttpResponse> done) { answer = std::move(done); });
  while (!answer) drive(SteadyTime::max());
  return *std::move(answer);
}

}  // namespace btcw
