#pragma once

#include <string_view>

namespace btcw {

/// Whether `text` is a bare mail address that can stand in an SMTP command and in a header:
/// local@domain, at most 254 bytes, of ASCII letters, digits and the signs that need no quoting, or
/// UTF-8 beyond ASCII. Quoted local parts and comments are not taken.
bool is_mail_address(std::string_view text);

}  // namespace btcw
