#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/token/key_set.h"

namespace btcw::token {

/// What a text that is neither JSON nor PEM is taken for.
enum class PlainText : std::uint8_t {
  refused,
  secret,  ///< an HMAC secret, without the line end behind it
};

/// A key, or a set of them, from a text: JWK, JWKS, PEM; "raw:…" is a secret as it stands.
/// Errors: as KeySet::read and KeySet::read_secret.
Result<KeySet> read_key_text(std::string_view text, PlainText plain, const KeyRules& rules);

/// From a file; "raw:PATH" takes what the file holds for an HMAC secret: all of it, but for one
/// line end behind a printable text.
///
/// Errors: not_found, unavailable; rejected when the file holds a secret and is not its owner's
/// alone (the message has the chmod that mends it), or is a public key that others may change; and
/// as read_key_text. No message quotes the path of a file that does not exist: it may be the key.
Result<KeySet> read_key_file(std::string_view path, const KeyRules& rules);

/// From an open file descriptor, to its end; it is not closed.
/// Errors: as read_key_text; unavailable.
Result<KeySet> read_key_descriptor(int fd, const KeyRules& rules);

}  // namespace btcw::token
