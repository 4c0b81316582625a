// btcw token verify: decide about tokens.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/token/base64url.h"
#include "btcw/token/verifier.h"
#include "deployed_revocations.h"
#include "input_lines.h"
#include "token_claims.h"
#include "token_options.h"

namespace btcw::cli {
namespace {

using token::Expectations;
using token::PayloadKind;
using token::Refusal;
using token::RequiredClaim;
using token::Verified;
using token::Verifier;

// What is printed before it is written out.
constexpr std::size_t kMuch = 65536;

struct VerifyOptions {
  TokenKeyOptions keys = {};
  std::string token = "-";
  std::vector<std::string> audiences = {};
  std::vector<std::string> issuers = {};
  std::optional<std::string> subject = std::nullopt;
  std::vector<std::string> scopes = {};
  std::vector<std::string> required = {};
  std::optional<std::string> type = std::nullopt;
  std::optional<milliseconds> leeway = std::nullopt;
  std::optional<milliseconds> max_age = std::nullopt;
  std::optional<TimeArgument> at = std::nullopt;
  std::optional<TimeArgument> now = std::nullopt;
  std::optional<std::string> revocations = std::nullopt;
  std::size_t max_bytes = token::VerifierOptions::kUsualMaxBytes;
  TokenProfile profile = TokenProfile::none;
  bool any_audience = false;
  bool any_payload = false;
  bool ndjson = false;
  bool json = false;
};

Result<RequiredClaim> parse_required(const std::string& spelled) {
  const std::size_t equals = spelled.find('=');
  if (equals == std::string::npos) return RequiredClaim{.name = spelled};
  const bool is_json = equals > 0 && spelled[equals - 1] == ':';
  RequiredClaim claim{.name = spelled.substr(0, is_json ? equals - 1 : equals)};
  const std::string value = spelled.substr(equals + 1);
  std::string json;
  if (is_json) {
    token::JsonReader reader;
    const auto read = reader.value(value);
    if (!read) return Error{Errc::invalid_input, "--require: " + read.error().message};
    token::append_compact(read->text, json);
  } else {
    token::append_json_string(value, json);
  }
  claim.json = std::move(json);
  return claim;
}

std::vector<std::string> words_of(const std::vector<std::string>& texts) {
  std::vector<std::string> words;
  for (const std::string& text : texts) {
    std::size_t start = 0;
    while (start < text.size()) {
      const std::size_t end = std::min(text.find(' ', start), text.size());
      if (end > start) words.push_back(text.substr(start, end - start));
      start = end + 1;
    }
  }
  return words;
}

// A Freqtrade token names its user in {"identity":{"u":USER}}, and says what it is for in "type".
void expect_freqtrade(const VerifyOptions& options, Expectations& expectations) {
  expectations.required.push_back({.name = "type", .json = "\"access\""});
  if (!options.subject) {
    expectations.required.push_back({.name = "identity"});
    return;
  }
  std::string identity = "{\"u\":";
  token::append_json_string(*options.subject, identity);
  expectations.required.push_back({.name = "identity", .json = identity + '}'});
  expectations.subject.reset();
}

Result<token::VerifierOptions> verifier_options(const VerifyOptions& options,
                                                const token::TokenOptions& configured) {
  token::VerifierOptions result{
      .payload = options.any_payload ? PayloadKind::anything : PayloadKind::claims,
      .type = options.type,
      .max_bytes = options.max_bytes};
  Expectations& expected = result.expectations;
  expected.audiences = options.audiences.empty() ? configured.audience : options.audiences;
  if (options.any_audience) {
    expected.audiences.clear();
    expected.audience_rule = token::AudienceRule::any;
  }
  expected.issuers = options.issuers;
  if (expected.issuers.empty() && !configured.issuer.empty()) {
    expected.issuers = {configured.issuer};
  }
  expected.subject = options.subject;
  expected.scopes = words_of(options.scopes);
  expected.leeway = options.leeway.value_or(configured.leeway);
  expected.max_age = options.max_age;
  for (const std::string& spelled : options.required) {
    auto claim = parse_required(spelled);
    if (!claim) return claim.error();
    expected.required.push_back(*std::move(claim));
  }
  if (options.profile == TokenProfile::freqtrade) expect_freqtrade(options, expected);
  return result;
}

// Without the white space that a shell or an editor leaves around it.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

void append_verified(const Verified& verified, PayloadKind kind, std::string& out) {
  out += "{\"valid\":true,\"alg\":\"";
  out += to_string(verified.key->algorithm());
  out += '"';
  if (!verified.key->kid().empty()) {
    out += ",\"kid\":";
    token::append_json_string(verified.key->kid(), out);
  }
  if (kind == PayloadKind::claims) {
    out += ",\"claims\":";
    token::append_compact(verified.payload, out);
  } else {
    out += ",\"payload_base64url\":\"";
    token::append_base64url(verified.payload, out);
    out += '"';
  }
  out += '}';
}

ExitCode verify_one(Verifier& verifier, std::string_view text, const VerifyOptions& options,
                    UtcTime now, Session& session) {
  auto decided = verifier.verify(text, now);
  if (const auto* const refusal = std::get_if<Refusal>(&decided)) {
    return report(*refusal, options.json ? Report::json : Report::text, session);
  }
  const auto& verified = std::get<Verified>(decided);
  if (options.any_payload && !options.json) {
    write_out(verified.payload, session);
    return ExitCode::ok;
  }
  std::string out;
  if (options.json) {
    append_verified(verified, options.any_payload ? PayloadKind::anything : PayloadKind::claims,
                    out);
  } else {
    token::append_compact(verified.payload, out);
  }
  write_out(out + '\n', session);
  return ExitCode::ok;
}

ExitCode verify_batch(Verifier& verifier, const VerifyOptions& options, Session& session) {
  const PayloadKind kind = options.any_payload ? PayloadKind::anything : PayloadKind::claims;
  InputLines lines{session.in, options.max_bytes + 2};
  std::string out;
  std::size_t valid = 0;
  std::size_t refused = 0;
  UtcTime now = now_of(options.at ? options.at : options.now, session);
  while (const auto line = lines.next()) {
    if (line->empty()) continue;
    std::string_view text = *line;
    if (text.size() > 2 && text.front() == '"' && text.back() == '"') {
      text = text.substr(1, text.size() - 2);
    }
    const auto decided = verifier.verify(text, now);
    if (const auto* const refusal = std::get_if<Refusal>(&decided)) {
      append_refusal(*refusal, out);
      ++refused;
    } else {
      append_verified(std::get<Verified>(decided), kind, out);
      ++valid;
    }
    out += '\n';
    if (!lines.would_wait() && out.size() < kMuch) continue;
    write_out(out, session);
    out.clear();
    if (lines.would_wait()) std::fflush(session.out);
    now = now_of(options.at ? options.at : options.now, session);
  }
  write_out(out, session);
  if (const auto& error = lines.error()) return fail(*error, session);
  if (refused == 0) return ExitCode::ok;
  return valid == 0 ? ExitCode::failed : ExitCode::partial;
}

ExitCode run_verify(const VerifyOptions& options, Session& session) {
  protect_memory();
  const Report form = options.json || options.ndjson ? Report::json : Report::text;
  auto setting = load_token_setting(options.keys, options.revocations, session);
  if (!setting) return fail(setting.error(), session);
  auto wanted = verifier_options(options, setting->options);
  if (!wanted) return fail(wanted.error(), session);
  auto loaded = load_keys(options.keys, setting->options, session);
  if (auto* const refusal = std::get_if<Refusal>(&loaded)) return report(*refusal, form, session);
  DeployedRevocations revocations{*setting, session};
  Verifier verifier{std::get<token::KeySet>(loaded), *std::move(wanted), &revocations};
  if (options.ndjson) return verify_batch(verifier, options, session);
  const UtcTime now = now_of(options.at ? options.at : options.now, session);
  if (options.token != "-") return verify_one(verifier, options.token, options, now, session);
  const auto text = read_input(session, std::max<std::size_t>(options.max_bytes * 2, 1U << 16U));
  if (!text && text.error().code == Errc::bad_data) {
    return report({token::Reason::too_large, text.error().message}, form, session);
  }
  if (!text) return fail(text.error(), session);
  return verify_one(verifier, trimmed(*text), options, now, session);
}

Result<std::optional<milliseconds>> parse_leeway(std::string_view text) {
  const auto leeway = parse_duration(text);
  if (!leeway) return leeway.error();
  if (*leeway > Expectations::kMostLeeway) {
    return Error{Errc::invalid_input, "at most " + btcw::to_string(Expectations::kMostLeeway)};
  }
  return std::optional<milliseconds>{*leeway};
}

Result<std::optional<milliseconds>> parse_max_age(std::string_view text) {
  const auto age = parse_duration(text);
  if (!age) return age.error();
  return std::optional<milliseconds>{*age};
}

void add_expectation_options(Syntax& command, VerifyOptions& options) {
  command.texts("--aud", "TEXT", "Audience that we are (repeatable: any of them)",
                options.audiences);
  command.flag("--any-aud", "Take tokens that are meant for somebody, whoever that is",
               options.any_audience);
  command.texts("--iss", "TEXT", "Issuer that is trusted (repeatable: any of them)",
                options.issuers);
  command.text("--sub", "TEXT", "Subject that is expected", options.subject);
  command.texts("--scope", "WORDS", "Scopes that have to be granted, all of them", options.scopes);
  command.texts("--require", "CLAIM",
                "Claim that has to be there; NAME=TEXT or NAME:=JSON: with that value",
                options.required);
  command.text("--typ", "TYPE", "typ that the header has to have", options.type);
  command.choice<TokenProfile>("--profile", "The form of a program's tokens", options.profile,
                               kTokenProfiles);
  command.parsed("--leeway", "DURATION", "How far clocks may differ (default 0s, at most 5m)",
                 options.leeway, parse_leeway);
  command.parsed("--max-age", "DURATION", "Oldest token to take, counted from its iat",
                 options.max_age, parse_max_age);
}

}  // namespace

void add_token_verify(Syntax& token) {
  auto options = std::make_shared<VerifyOptions>();
  Syntax command = token.command("verify", "Check a token; its claims go to stdout");
  if (!command.is_named()) return;
  command.argument("TOKEN", "The token; - or nothing: standard input", options->token);
  add_expectation_options(command, *options);
  add_time_option(command, "--at", "Judge as of then", options->at);
  add_key_options(command, options->keys);
  command.text("--revocations", "FILE", "The revocation file", options->revocations);
  command.flag("--jws", "Check the signature only; the payload, whatever it is, goes to stdout",
               options->any_payload);
  command.flag("--ndjson", "Read a token a line, write a result a line", options->ndjson);
  command.flag("--json", "Print the result as one object, also a refusal", options->json);
  command.number("--max-size", "BYTES", "Largest token to take (default 8192)", options->max_bytes,
                 1, kLargestToken);
  add_time_option(command, "--now", "Take this for the present (for tests)", options->now);
  command.run([options](Session& session) { return run_verify(*options, session); });
}

}  // namespace btcw::cli
