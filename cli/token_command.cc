// btcw token: issue, verify, inspect and revoke stateless tokens (JWT).
#include <CLI/CLI.hpp>

#include "commands.h"
#include "token_options.h"

namespace btcw::cli {

void add_token_command(CLI::App& app, Action& chosen) {
  CLI::App* const token = app.add_subcommand("token", "Issue, verify and revoke tokens (JWT)");
  token->require_subcommand(1);
  add_token_issue(*token, chosen);
  add_token_verify(*token, chosen);
  add_token_inspect(*token, chosen);
  add_token_keygen(*token, chosen);
  add_token_jwks(*token, chosen);
  add_token_revoke(*token, chosen);
  add_token_revoked(*token, chosen);
}

}  // namespace btcw::cli
