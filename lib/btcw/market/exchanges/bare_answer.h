#pragma once

#include <optional>

#include "btcw/market/exchange.h"
#include "btcw/market/exchanges/answer.h"

namespace btcw {

/// Answers without an envelope: the rows themselves, or an error in their place.
struct BareForm {
  /// The error that a body is; nullopt: it is something else.
  std::optional<Error> (*find_error)(JsonValue body, const HttpResponse& response);
  /// Errors: bad_data.
  Result<RestAnswer> (*read_rows)(const RestCall& call, JsonValue body);
};

/// Reads an answer whose status has not decided it yet (refusal_by_status). Errors: those of
/// Exchange::read.
Result<RestAnswer> read_bare(const RestCall& call, const HttpResponse& response,
                             const BareForm& form);

}  // namespace btcw
