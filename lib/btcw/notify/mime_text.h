#pragma once

#include <string>
#include <string_view>

namespace btcw {

/// "Name: text" with its line end, as a header of a mail: folded at 76 characters, and as encoded
/// words (RFC 2047) where it holds more than plain ASCII. Control characters become spaces, so that
/// no text can end the header. Precondition: `text` is well-formed UTF-8.
std::string mime_header(std::string_view name, std::string_view text);

/// `text` as a phrase before an address: as it is, in quotes, or as encoded words.
std::string mime_phrase(std::string_view text);

/// Base64 in lines of 76 characters, each with its line end.
std::string mime_base64(std::string_view bytes);

/// Quoted-printable (RFC 2045 §6.7) in lines of at most 76 characters; '\n' is a line end.
std::string mime_quoted_printable(std::string_view text);

}  // namespace btcw
