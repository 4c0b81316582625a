// btcw token issue: sign claims.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/token/claims.h"
#include "btcw/token/signer.h"
#include "input_lines.h"
#include "small_text_file.h"
#include "token_claims.h"
#include "token_options.h"

namespace btcw::cli {
namespace {

using token::Claims;
using token::Reason;
using token::Refusal;

constexpr std::size_t kMaxClaimsBytes = 1U << 20U;

Error usage(std::string message) { return Error{Errc::invalid_input, std::move(message)}; }

Result<Claims> read_claims(const IssueOptions& options, Session& session) {
  if (!options.claims_file || options.ndjson) return Claims{};
  auto text = *options.claims_file == "-" ? read_input(session, kMaxClaimsBytes)
                                          : read_text_file(*options.claims_file, kMaxClaimsBytes);
  if (!text) return std::move(text).error().within("--claims");
  auto claims = Claims::parse(*text);
  if (!claims) return usage("--claims: " + claims.error().message);
  return claims;
}

Result<std::string> make_token(ClaimsWriter& writer, const token::Signer& signer, Claims given,
                               const IssueOptions& options) {
  const auto claims = writer.complete(std::move(given));
  if (!claims) return claims.error();
  const auto payload = writer.payload_of(*claims);
  if (!payload) return payload.error();
  std::string made;
  const auto signed_ = signer.sign(*payload, made);
  if (!signed_) return signed_.error();
  if (made.size() > options.max_bytes) {
    return usage(fmt::format("a token of {} bytes, which no verifier would take ({} at most)",
                             made.size(), options.max_bytes));
  }
  if (!options.json) return made;
  return "{\"token\":\"" + made + "\",\"claims\":" + *payload + '}';
}

ExitCode issue_batch(ClaimsWriter& writer, const token::Signer& signer, const IssueOptions& options,
                     Session& session) {
  InputLines lines{session.in, kMaxClaimsBytes};
  std::string out;
  std::size_t failed = 0;
  std::size_t made = 0;
  while (const auto line = lines.next()) {
    if (line->empty()) continue;
    auto claims = Claims::parse(*line);
    auto text = claims ? make_token(writer, signer, *std::move(claims), options)
                       : Result<std::string>{usage("the claims: " + claims.error().message)};
    if (text) {
      out += *text;
      ++made;
    } else {
      append_refusal({Reason::bad_claim, text.error().message}, out);
      ++failed;
    }
    out += '\n';
    if (lines.would_wait() || out.size() > 65536) {
      write_out(out, session);
      if (lines.would_wait()) std::fflush(session.out);
      out.clear();
    }
  }
  write_out(out, session);
  if (const auto error = lines.error()) return fail(*error, session);
  if (failed == 0) return ExitCode::ok;
  return made == 0 ? ExitCode::failed : ExitCode::partial;
}

ExitCode run_issue(const IssueOptions& options, Session& session) {
  protect_memory();
  const Report form = options.json ? Report::json : Report::text;
  auto setting = load_token_setting(options.keys, std::nullopt, session);
  if (!setting) return fail(setting.error(), session);
  if (options.ttl && options.expires) {
    return fail_usage("token issue: --ttl and --exp exclude each other", "token issue", session);
  }
  auto loaded = load_keys(options.keys, setting->options, session);
  if (auto* const refusal = std::get_if<Refusal>(&loaded)) return report(*refusal, form, session);
  const auto& keys = std::get<token::KeySet>(loaded);
  const auto key =
      keys.signing_key(options.kid ? std::optional<std::string_view>{*options.kid} : std::nullopt,
                       now_of(options.now, session));
  if (!key) {
    return report({token::reason_of(key.error()), "the key: " + key.error().message}, form,
                  session);
  }
  const token::Signer signer{**key, options.type};
  ClaimsWriter writer{options, setting->options, session};
  if (options.ndjson) return issue_batch(writer, signer, options, session);
  auto given = read_claims(options, session);
  if (!given) return fail(given.error(), session);
  const auto text = make_token(writer, signer, *std::move(given), options);
  if (!text) return fail(text.error(), session);
  write_out(*text + '\n', session);
  return ExitCode::ok;
}

void add_claim_options(Syntax& command, IssueOptions& options) {
  command.text("--sub", "TEXT", "Whom the token speaks of", options.subject);
  command.text("--iss", "TEXT", "Who issues it (default: token.issuer)", options.issuer);
  command.texts("--aud", "TEXT", "Whom it is meant for (repeatable)", options.audiences);
  command.texts("--scope", "WORDS", "What it grants (repeatable)", options.scopes);
  command.texts("--claim", "NAME=TEXT", "One more claim; NAME:=JSON for other values",
                options.claims);
  command.text("--claims", "FILE", "File of a JSON object with claims; - for standard input",
               options.claims_file);
  command.option_with_or_without(
      "--jti", "[ID]",
      "Give the token an identity, so that it can be revoked (default: a random one)",
      [&options](std::string_view id) -> Result<void> {
        options.with_jti = true;
        options.jti = id;
        return {};
      });
}

Result<std::optional<milliseconds>> parse_ttl(std::string_view text) {
  const auto ttl = parse_duration(text);
  if (!ttl) return ttl.error();
  if (*ttl < seconds{1}) return usage("at least 1s");
  return std::optional<milliseconds>{*ttl};
}

}  // namespace

void add_token_issue(Syntax& token) {
  auto options = std::make_shared<IssueOptions>();
  Syntax command = token.command("issue", "Sign claims; the token goes to stdout");
  if (!command.is_named()) return;
  add_claim_options(command, *options);
  command.parsed("--ttl", "DURATION", "How long it is valid (default 24h)", options->ttl,
                 parse_ttl);
  add_time_option(command, "--exp", "When it expires, instead of --ttl", options->expires);
  add_time_option(command, "--nbf", "From when it is valid", options->not_before);
  command.choice<TokenProfile>("--profile", "The form that a program expects", options->profile,
                               kTokenProfiles);
  command.text("--kid", "ID", "Sign with the key of that kid", options->kid);
  command.text("--typ", "TYPE", "typ of the header (default JWT)", options->type);
  add_key_options(command, options->keys);
  command.flag("--ndjson", "Read an object with claims a line from stdin, write a token a line",
               options->ndjson);
  command.flag("--json", "Print an object with the token and its claims", options->json);
  command.number("--max-size", "BYTES", "Largest token to make (default 8192)", options->max_bytes,
                 1, kLargestToken);
  add_time_option(command, "--now", "Take this for the present (for tests)", options->now);
  command.run([options](Session& session) { return run_issue(*options, session); });
}

}  // namespace btcw::cli
