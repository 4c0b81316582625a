#pragma once

#include <string>
#include <vector>

namespace btcw::test {

/// A token, or a key, that must not get through, with what `btcw token verify` says to it.
struct HostileToken {
  std::string why;
  std::string token;
  int exit_code;
  std::string reason;
  std::string key = "";                   ///< empty: forge_jwk()
  std::vector<std::string> options = {};  ///< of the command
};

// One list for each part of what a verifier does, in its order.
std::vector<HostileToken> hostile_forms();
std::vector<HostileToken> hostile_headers();
std::vector<HostileToken> hostile_keys();
std::vector<HostileToken> hostile_signatures();
std::vector<HostileToken> hostile_payloads();
std::vector<HostileToken> hostile_claims();

}  // namespace btcw::test
