#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "btcw/token/key_set.h"
#include "btcw/token/refusal.h"
#include "btcw/token/token_options.h"
#include "btcw/token/verifier.h"
#include "commands.h"
#include "redis_connector.h"

// What the verbs of `btcw token` share.
namespace btcw::cli {

/// Where the key comes from, and how it is to be taken.
struct TokenKeyOptions {
  std::optional<std::string> key = std::nullopt;
  std::optional<std::string> variable = std::nullopt;
  std::optional<int> descriptor = std::nullopt;
  std::optional<token::Algorithm> algorithm = std::nullopt;
  bool insecure_argument = false;
  bool accept_weak = false;
};
void add_key_options(Syntax& command, TokenKeyOptions& options);

/// A moment on the command line: a time, or a distance from now ("30m", "+30m", "-1h").
using TimeArgument = std::variant<UtcTime, milliseconds>;
void add_time_option(Syntax& command, const std::string& name, const std::string& help,
                     std::optional<TimeArgument>& into);
UtcTime resolve(const TimeArgument& argument, UtcTime now);

/// More than --max-size may allow.
inline constexpr std::int64_t kLargestToken = 16 << 20;

/// The moment that a verb takes for now: --now, else the clock's.
UtcTime now_of(const std::optional<TimeArgument>& now, Session& session);

/// Whether errors are told as one JSON object on stdout, or as a line on stderr.
enum class Report : std::uint8_t { text, json };

/// Tells of a refusal, and says with which code to exit.
ExitCode report(const token::Refusal& refusal, Report form, Session& session);
ExitCode exit_code_for(token::RefusalKind kind);
/// {"valid":false,"reason":…,"message":…}
void append_refusal(const token::Refusal& refusal, std::string& out);

/// The keys that the options name, else those of the configuration. Warns when a weak one is taken.
std::variant<token::KeySet, token::Refusal> load_keys(const TokenKeyOptions& options,
                                                      const token::TokenOptions& configured,
                                                      Session& session);

/// Everything of the configuration that these verbs need.
struct TokenSetting {
  token::TokenOptions options = {};
  std::filesystem::path revocations = {};
  /// Set where Redis has the revoked tokens, too: how to reach it, or why that cannot be.
  std::optional<Result<std::shared_ptr<const RedisConnector>>> redis = std::nullopt;
  std::string redis_prefix = {};
};
/// Errors: invalid_input.
Result<TokenSetting> load_token_setting(const TokenKeyOptions& keys,
                                        const std::optional<std::string>& revocations,
                                        Session& session);

/// From now on neither a core dump nor another process of the same user sees this one's memory.
void protect_memory();

/// All of stdin, up to `max_bytes`.
/// Errors: unavailable; bad_data for more.
Result<std::string> read_input(Session& session, std::size_t max_bytes);

/// Prints to the session's stdout.
void write_out(std::string_view text, Session& session);

// Each adds one verb to `token`.
void add_token_issue(Syntax& token);
void add_token_verify(Syntax& token);
void add_token_inspect(Syntax& token);
void add_token_keygen(Syntax& token);
void add_token_jwks(Syntax& token);
void add_token_revoke(Syntax& token);
void add_token_revoked(Syntax& token);

}  // namespace btcw::cli
