#pragma once

#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/token/token_options.h"
#include "session.h"

namespace btcw::cli {

/// A token of five minutes for a webhook's "Authorization: Bearer", signed with the key of
/// `[token]`. Errors: those of the key, as `btcw token issue` tells them.
Result<std::string> make_channel_token(const token::TokenOptions& configured,
                                       std::string_view audience, Session& session);

}  // namespace btcw::cli
