#include "btcw/market/exchanges/bare_answer.h"

#include <utility>

namespace btcw {

Result<RestAnswer> read_bare(const RestCall& call, const HttpResponse& response,
                             const BareForm& form) {
  JsonReader reader;
  auto body = reader.read(response.body);
  if (!body) return unreadable(response, std::move(body).error());
  if (auto error = form.find_error(*body, response)) return *std::move(error);
  if (response.status != 200) return unreadable(response, {});
  auto answer = form.read_rows(call, *body);
  if (!answer) return unreadable(response, std::move(answer).error());
  return answer;
}

}  // namespace btcw
