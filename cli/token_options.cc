#include "token_options.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

#include "btcw/base/paths.h"
#include "btcw/token/key_source.h"
#include "btcw/token/strict_json.h"

namespace btcw::cli {
namespace {

using token::KeySet;
using token::PlainText;
using token::Reason;
using token::Refusal;

Result<TimeArgument> parse_time_argument(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) {
    const auto distance = parse_duration(text.substr(1));
    if (!distance) return distance.error();
    return TimeArgument{text.front() == '-' ? -*distance : *distance};
  }
  const auto time = parse_time(text);
  if (time) return TimeArgument{*time};
  const auto distance = parse_duration(text);
  if (distance) return TimeArgument{*distance};
  return Error{Errc::invalid_input, time.error().message + ", or 30m for a time from now"};
}

Result<token::Algorithm> parse_algorithm_option(std::string_view text) {
  const auto algorithm = token::parse_algorithm(text);
  if (algorithm) return *algorithm;
  std::string known;
  for (const token::Algorithm each : token::all_algorithms()) {
    known += (known.empty() ? "" : ", ") + std::string{to_string(each)};
  }
  return Error{Errc::invalid_input, "none of " + known};
}

Refusal key_refusal(const Error& error) {
  return {token::reason_of(error), "the key: " + error.message};
}

std::size_t count_sources(const TokenKeyOptions& options) {
  return static_cast<std::size_t>(options.key.has_value()) +
         static_cast<std::size_t>(options.variable.has_value()) +
         static_cast<std::size_t>(options.descriptor.has_value());
}

bool looks_like_a_key(std::string_view argument) {
  return argument.find_first_of("{\n") != std::string_view::npos ||
         argument.starts_with("-----BEGIN ");
}

// The key as it stands in argv, where every user of the machine can see it.
Result<KeySet> read_argument(const std::string& argument, const TokenKeyOptions& options,
                             const token::KeyRules& rules) {
  if (options.insecure_argument) {
    return token::read_key_text(argument, PlainText::secret, rules);
  }
  if (looks_like_a_key(argument)) {
    return Error{Errc::rejected,
                 "a key in the arguments can be seen by every user of this machine: name a file, "
                 "or use --key-env, --key-fd or, knowing that, --insecure-key-arg"};
  }
  auto keys = token::read_key_file(argument, rules);
  if (!keys && keys.error().code == Errc::not_found) {
    keys.error().message += " (--key names a file; a key itself is not taken from the arguments)";
  }
  return keys;
}

Result<KeySet> read_variable(const std::string& name, const token::KeyRules& rules,
                             Session& session) {
  const auto value = session.environment.get(name);
  // The name is not quoted: it may be the key, written to the wrong option.
  if (!value || value->empty()) {
    return Error{Errc::not_found, "the variable that --key-env names is not set, or empty"};
  }
  return token::read_key_text(*value, PlainText::secret, rules);
}

Result<KeySet> read_configured(const token::TokenOptions& configured,
                               const token::KeyRules& rules) {
  if (!configured.keys.empty()) return token::read_key_file(configured.keys.string(), rules);
  if (!configured.key.empty()) {
    auto keys = token::read_key_text(configured.key.reveal(), PlainText::secret, rules);
    if (keys && keys->has_secrets() && !configured.key_exposure.empty()) {
      return Error{Errc::rejected, "token.key_file " + configured.key_exposure};
    }
    return keys;
  }
  return Error{Errc::not_found,
               "none is given: token.keys in the configuration, --key FILE, --key-env NAME or "
               "--key-fd N ('btcw token keygen' makes one)"};
}

}  // namespace

void add_key_options(Syntax& command, TokenKeyOptions& options) {
  command.text("--key", "FILE", "File of the key: JWK, JWKS or PEM; raw:FILE for an HMAC secret",
               options.key);
  command.text("--key-env", "NAME", "Environment variable with the key, or with an HMAC secret",
               options.variable);
  command.number("--key-fd", "N", "Open file descriptor to read the key from", options.descriptor,
                 0, std::numeric_limits<int>::max());
  command.parsed("--alg", "ALG", "Algorithm of a key that does not name its own", options.algorithm,
                 parse_algorithm_option);
  command.flag("--insecure-key-arg",
               "Take the value of --key for the key itself; others can see it",
               options.insecure_argument);
  command.flag("--allow-weak-key", "Take keys that are too short for their algorithm",
               options.accept_weak);
}

void add_time_option(Syntax& command, const std::string& name, const std::string& help,
                     std::optional<TimeArgument>& into) {
  command.parsed(name, "TIME", help, into, parse_time_argument);
}

UtcTime resolve(const TimeArgument& argument, UtcTime now) {
  if (const auto* const time = std::get_if<UtcTime>(&argument)) return *time;
  return now + std::get<milliseconds>(argument);
}

UtcTime now_of(const std::optional<TimeArgument>& now, Session& session) {
  const UtcTime clock = session.clock.now();
  return now ? resolve(*now, clock) : clock;
}

ExitCode exit_code_for(token::RefusalKind kind) {
  switch (kind) {
    case token::RefusalKind::invalid:
      return ExitCode::failed;
    case token::RefusalKind::key:
      return ExitCode::key_unusable;
    case token::RefusalKind::expired:
      return ExitCode::token_expired;
    case token::RefusalKind::not_yet_valid:
      return ExitCode::token_not_yet_valid;
    case token::RefusalKind::claim:
      return ExitCode::claim_mismatch;
    case token::RefusalKind::revoked:
      return ExitCode::token_revoked;
  }
  return ExitCode::failed;
}

void append_refusal(const Refusal& refusal, std::string& out) {
  out += "{\"valid\":false,\"reason\":\"";
  out += to_string(refusal.reason);
  out += "\",\"message\":";
  token::append_json_string(refusal.message, out);
  out += '}';
}

ExitCode report(const Refusal& refusal, Report form, Session& session) {
  if (form == Report::json) {
    std::string line;
    append_refusal(refusal, line);
    write_out(line + '\n', session);
  } else {
    session.log.error(refusal.message);
  }
  return exit_code_for(kind_of(refusal.reason));
}

std::variant<KeySet, Refusal> load_keys(const TokenKeyOptions& options,
                                        const token::TokenOptions& configured, Session& session) {
  if (count_sources(options) > 1) {
    return Refusal{Reason::key_refused, "the key: more than one of --key, --key-env and --key-fd"};
  }
  const token::KeyRules rules{
      .algorithm = options.algorithm,
      .weak = options.accept_weak ? token::WeakKeys::accepted : token::WeakKeys::refused};
  auto keys = options.key          ? read_argument(*options.key, options, rules)
              : options.variable   ? read_variable(*options.variable, rules, session)
              : options.descriptor ? token::read_key_descriptor(*options.descriptor, rules)
                                   : read_configured(configured, rules);
  if (!keys) return key_refusal(keys.error());
  if (keys->has_weak_keys()) {
    session.log.warning("the key is too short for its algorithm, and used all the same");
  }
  return *std::move(keys);
}

Result<TokenSetting> load_token_setting(const TokenKeyOptions& keys,
                                        const std::optional<std::string>& revocations,
                                        Session& session) {
  // A command that has its key already starts no password manager.
  auto config = session.load_config(count_sources(keys) == 0 ? SecretFetching::all_but_channels
                                                             : SecretFetching::redis_only);
  if (!config) return config.error();
  TokenSetting setting{.options = std::move(config->token)};
  setting.revocations = revocations ? std::filesystem::path{*revocations}
                                    : config->general.state_dir / "revoked-tokens";
  if (config->deployment.backing(Role::sessions) == Backing::redis) {
    setting.redis = RedisConnector::open(*config, RedisInstance::durable, session);
    setting.redis_prefix = config->redis.prefix;
  }
  return setting;
}

void protect_memory() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

Result<std::string> read_input(Session& session, std::size_t max_bytes) {
  std::string text(max_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(session.in, text.data() + size, text.size() - size);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return Error{Errc::unavailable,
                   "cannot read standard input: " +
                       std::error_code{errno, std::generic_category()}.message()};
    }
    size += static_cast<std::size_t>(got);
  }
  if (size > max_bytes) {
    return Error{Errc::bad_data, fmt::format("more than {} bytes on standard input", max_bytes)};
  }
  text.resize(size);
  return text;
}

void write_out(std::string_view text, Session& session) {
  std::fwrite(text.data(), 1, text.size(), session.out);
}

}  // namespace btcw::cli
