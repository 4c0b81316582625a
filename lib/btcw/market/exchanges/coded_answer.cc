#include "btcw/market/exchanges/coded_answer.h"

#include <utility>

namespace btcw {
namespace {

Result<std::int64_t> code_of(JsonObject envelope, std::string_view key) {
  const auto code = sole(envelope, key);
  if (!code) return code.error();
  return code->integer();
}

}  // namespace

Result<RestAnswer> read_coded(const RestCall& call, const HttpResponse& response,
                              const CodedEnvelope& form) {
  JsonReader reader;
  auto envelope = reader.read_object(response.body);
  if (!envelope) return unreadable(response, std::move(envelope).error());
  auto code = code_of(*envelope, form.code_key);
  if (!code) return unreadable(response, std::move(code).error());
  if (*code != form.good_code) {
    return form.classify(*code, remark(*envelope, form.text_key), response);
  }
  if (response.status != 200) return unreadable(response, {});
  auto answer = form.read_rows(call, *envelope);
  if (!answer) return unreadable(response, std::move(answer).error());
  return answer;
}

Result<RestAnswer> read_row_list(const RestCall& call, std::string (*spell)(const Symbol&),
                                 const RowForm& form, JsonValue list) {
  const PairNames names = pair_names(call.symbols, spell);
  RowReader rows{names, form, call.symbols.size() > 1 ? Unasked::passed_over : Unasked::refused};
  if (auto read = rows.read_list(list); !read) return std::move(read).error();
  return rows.take();
}

Error limited_by_code(const HttpResponse& response, std::int64_t code, std::string_view text,
                      milliseconds limit_wait) {
  Error limited = refusal(Errc::rate_limited, code, text);
  limited.retry_at = rate_limited(response, limit_wait).retry_at;
  return limited;
}

}  // namespace btcw
