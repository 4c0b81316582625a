// btcw token: issue, verify, inspect and revoke stateless tokens (JWT).

#include "commands.h"
#include "token_options.h"

namespace btcw::cli {

void add_token_command(Syntax& root) {
  Syntax token = root.command("token", "Issue, verify and revoke tokens (JWT)");
  token.needs_command();
  if (!token.is_named()) return;
  add_token_issue(token);
  add_token_verify(token);
  add_token_inspect(token);
  add_token_keygen(token);
  add_token_jwks(token);
  add_token_revoke(token);
  add_token_revoked(token);
}

}  // namespace btcw::cli
