#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"

namespace btcw {

/// An ad-hoc channel in Apprise's spelling, taken apart: scheme://user:password@host:port/a/b?k=v.
/// All parts are percent-decoded. May hold secrets in any of them.
struct ChannelUrl {
  std::string scheme;  ///< lower case
  std::string user = {};
  std::string password = {};
  std::string host = {};  ///< as it stands: upper case in a token, brackets of an IPv6 address
  int port = 0;           ///< 0: none given
  std::vector<std::string> path = {};  ///< without empty segments
  std::map<std::string, std::string, std::less<>> query = {};

  /// Errors: invalid_input; the message holds nothing of the URL but its scheme.
  static Result<ChannelUrl> parse(std::string_view text);
};

}  // namespace btcw
