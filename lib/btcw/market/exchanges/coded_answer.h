#pragma once

#include <cstdint>
#include <string_view>

#include "btcw/market/exchange.h"
#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/row_reader.h"

namespace btcw {

/// Answers in an envelope that says by a number of its own how it went:
/// {"code":"0","msg":"","data":…}.
struct CodedEnvelope {
  std::string_view code_key;
  std::int64_t good_code;
  std::string_view text_key;
  /// What another code means.
  Error (*classify)(std::int64_t code, std::string_view text, const HttpResponse& response);
  /// Reads what is in a good one. Errors: bad_data.
  Result<RestAnswer> (*read_rows)(const RestCall& call, JsonObject envelope);
};

/// Reads an answer whose status has not decided it yet (refusal_by_status). Errors: those of
/// Exchange::read.
Result<RestAnswer> read_coded(const RestCall& call, const HttpResponse& response,
                              const CodedEnvelope& form);

/// Reads the rows of a list. In the answer to a call for one pair no other may stand.
/// Errors: bad_data.
Result<RestAnswer> read_row_list(const RestCall& call, std::string (*spell)(const Symbol&),
                                 const RowForm& form, JsonValue list);

/// The refusal of an exchange whose code says "too many requests", until as rate_limited() has it.
Error limited_by_code(const HttpResponse& response, std::int64_t code, std::string_view text,
                      milliseconds limit_wait);

}  // namespace btcw
