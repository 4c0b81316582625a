// btcw token revoke, btcw token revoked: the tokens that are valid no more.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "btcw/base/paths.h"
#include "btcw/base/quoted.h"
#include "btcw/token/revocation_list.h"
#include "btcw/token/verifier.h"
#include "deployed_revocations.h"
#include "input_lines.h"
#include "printable.h"
#include "token_options.h"

namespace btcw::cli {
namespace {

using token::Reason;
using token::Refusal;
using token::Revocation;
using token::RevocationList;
using token::Verified;
using token::Verifier;

struct RevokeOptions {
  TokenKeyOptions keys = {};
  std::string what = "-";
  std::optional<TimeArgument> until = std::nullopt;
  std::optional<TimeArgument> now = std::nullopt;
  std::optional<std::string> revocations = std::nullopt;
  std::size_t max_bytes = token::VerifierOptions::kUsualMaxBytes;
  bool json = false;
};

struct RevokedOptions {
  std::optional<TimeArgument> now = std::nullopt;
  std::optional<std::string> revocations = std::nullopt;
  bool list = false;
  bool prune = false;
  bool repair = false;
  bool json = false;
};

// A jti may hold dots; a token's header is an object too.
bool is_token(std::string_view text) {
  return text.starts_with("ey") && std::count(text.begin(), text.end(), '.') == 2;
}

// Turns what a user names into records. Keys are read when the first token comes.
class Revoker {
 public:
  Revoker(const RevokeOptions& options, const TokenSetting& setting, Session& session)
      : options_{options}, setting_{setting}, session_{session} {}

  std::variant<Revocation, Refusal> read(std::string_view text) {
    Revocation revocation{.revoked_at = now_of(options_.now, session_)};
    if (options_.until) revocation.until = resolve(*options_.until, revocation.revoked_at);
    if (!is_token(text)) {
      revocation.jti = text;
      return revocation;
    }
    // Anybody can write a token with another's jti: only one that was signed is believed.
    if (!verifier_) {
      auto loaded = load_keys(options_.keys, setting_.options, session_);
      if (auto* const refusal = std::get_if<Refusal>(&loaded)) return std::move(*refusal);
      keys_ = std::make_unique<token::KeySet>(std::get<token::KeySet>(std::move(loaded)));
      verifier_ =
          std::make_unique<Verifier>(*keys_,
                                     token::VerifierOptions{.payload = token::PayloadKind::anything,
                                                            .max_bytes = options_.max_bytes},
                                     nullptr);
    }
    auto decided = verifier_->verify(text, revocation.revoked_at);
    if (auto* const refusal = std::get_if<Refusal>(&decided)) return std::move(*refusal);
    return read_claims(std::get<Verified>(decided).payload, std::move(revocation));
  }

 private:
  std::variant<Revocation, Refusal> read_claims(std::string_view payload, Revocation revocation) {
    const auto members = reader_.object(payload);
    if (!members) return Refusal{Reason::bad_payload, "the payload: " + members.error().message};
    auto registered = token::read_registered(*members);
    if (auto* const refusal = std::get_if<Refusal>(&registered)) return std::move(*refusal);
    const auto& claims = std::get<token::RegisteredClaims>(registered);
    if (claims.jti == nullptr) {
      return Refusal{Reason::missing_claim,
                     "the token has no jti to revoke it by (issue --jti gives it one)"};
    }
    revocation.jti = claims.jti->string();
    if (!revocation.until && claims.exp) {
      revocation.until = from_unix_ms(static_cast<std::int64_t>(*claims.exp * 1000));
    }
    return revocation;
  }

  const RevokeOptions& options_;
  const TokenSetting& setting_;
  Session& session_;
  std::unique_ptr<token::KeySet> keys_;
  std::unique_ptr<Verifier> verifier_;
  token::JsonReader reader_;
};

ExitCode run_revoke(const RevokeOptions& options, Session& session) {
  protect_memory();
  const Report form = options.json ? Report::json : Report::text;
  const auto setting = load_token_setting(options.keys, options.revocations, session);
  if (!setting) return fail(setting.error(), session);
  Revoker revoker{options, *setting, session};
  std::vector<Revocation> revocations;
  // All of them, or none.
  const auto add = [&](std::string_view text) -> std::optional<Refusal> {
    auto read = revoker.read(text);
    if (auto* const refusal = std::get_if<Refusal>(&read)) return std::move(*refusal);
    revocations.push_back(std::get<Revocation>(std::move(read)));
    return std::nullopt;
  };
  if (options.what != "-") {
    if (const auto refusal = add(options.what)) return report(*refusal, form, session);
  } else {
    InputLines lines{session.in, options.max_bytes};
    while (const auto line = lines.next()) {
      if (line->empty()) continue;
      if (const auto refusal = add(*line)) return report(*refusal, form, session);
    }
    if (const auto& error = lines.error()) return fail(*error, session);
  }
  const auto folder = setting->revocations.parent_path();
  std::error_code ignored;  // then making it says why
  // A folder that is there may be anybody's.
  if (!folder.empty() && !std::filesystem::exists(folder, ignored)) {
    const auto made = make_private_folder(folder);
    if (!made) return fail(made.error(), session);
  }
  const auto added = DeployedRevocations{*setting, session}.add(revocations);
  if (!added) return fail(added.error(), session);
  if (options.json) write_out(fmt::format("{{\"revoked\":{}}}\n", revocations.size()), session);
  return ExitCode::ok;
}

std::string as_json(const Revocation& revocation) {
  std::string line = "{\"jti\":";
  token::append_json_string(revocation.jti, line);
  line += ",\"until\":";
  line += revocation.until ? '"' + to_rfc3339(*revocation.until) + '"' : "null";
  return line + ",\"revoked_at\":\"" + to_rfc3339(revocation.revoked_at) + "\"}";
}

ExitCode print_list(const TokenSetting& setting, bool json, Session& session) {
  const auto revocations = DeployedRevocations{setting, session}.list();
  if (!revocations) return fail(revocations.error(), session);
  std::string out = json ? "[" : "";
  for (const Revocation& revocation : *revocations) {
    if (json) {
      if (out.size() > 1) out += ",\n ";
      out += as_json(revocation);
    } else {
      out += fmt::format("{}\t{}\t{}\n", to_rfc3339(revocation.revoked_at),
                         revocation.until ? to_rfc3339(*revocation.until) : "-",
                         printable(revocation.jti));
    }
  }
  if (json) out += "]\n";
  write_out(out, session);
  return ExitCode::ok;
}

ExitCode run_revoked(const RevokedOptions& options, Session& session) {
  const auto setting = load_token_setting({.key = ""}, options.revocations, session);
  if (!setting) return fail(setting.error(), session);
  if (!options.prune && !options.repair) return print_list(*setting, options.json, session);
  // Those in Redis go by themselves.
  RevocationList list{setting->revocations};
  const UtcTime now = now_of(options.now, session);
  const auto removed = options.repair ? list.repair(now) : list.prune(now);
  if (!removed) return fail(removed.error(), session);
  const std::string_view name = options.repair ? "damaged" : "pruned";
  if (options.json) write_out(fmt::format("{{\"{}\":{}}}\n", name, *removed), session);
  session.log.info(fmt::format("{}: {}", name, *removed));
  return ExitCode::ok;
}

}  // namespace

void add_token_revoke(Syntax& token) {
  auto options = std::make_shared<RevokeOptions>();
  Syntax command = token.command("revoke", "Make tokens invalid from now on");
  if (!command.is_named()) return;
  command.argument("TOKEN|JTI", "A token or its jti; - or nothing: standard input, one a line",
                   options->what);
  add_time_option(command, "--exp", "When a token that is named by its jti expires anyway",
                  options->until);
  add_key_options(command, options->keys);
  command.text("--revocations", "FILE", "The revocation file", options->revocations);
  command.flag("--json", "Print one object", options->json);
  add_time_option(command, "--now", "Take this for the present (for tests)", options->now);
  command.run([options](Session& session) { return run_revoke(*options, session); });
}

void add_token_revoked(Syntax& token) {
  auto options = std::make_shared<RevokedOptions>();
  Syntax command = token.command("revoked", "Show what is revoked, or tidy it up");
  if (!command.is_named()) return;
  command.flag("--list", "Print them, by time of revocation (default)", options->list);
  command.flag("--prune", "Forget those that have expired", options->prune);
  command.flag("--repair", "Leave out what is damaged in the file", options->repair);
  command.exclude("--repair", "--list");
  command.exclude("--repair", "--prune");
  command.exclude("--list", "--prune");
  command.text("--revocations", "FILE", "The revocation file", options->revocations);
  command.flag("--json", "Print JSON", options->json);
  add_time_option(command, "--now", "Take this for the present (for tests)", options->now);
  command.run([options](Session& session) { return run_revoked(*options, session); });
}

}  // namespace btcw::cli
