// btcw token keygen, btcw token jwks: make keys, and show them in the form that others read.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "btcw/token/file_handle.h"
#include "btcw/token/jwk.h"
#include "token_options.h"

namespace btcw::cli {
namespace {

using token::Algorithm;
using token::Key;
using token::KeyKind;
using token::KeyNumbers;
using token::KeyParts;
using token::Reason;
using token::Refusal;

struct KeygenOptions {
  Algorithm algorithm = Algorithm::hs256;
  std::optional<std::string> out = std::nullopt;
  std::optional<std::string> kid = std::nullopt;
  std::optional<TimeArgument> not_after = std::nullopt;
  int bits = 3072;
  bool force = false;
};

struct JwksOptions {
  TokenKeyOptions keys = {};
  std::optional<std::string> out = std::nullopt;
  bool public_only = false;
  bool force = false;
};

constexpr int kLeastBits = 2048;
constexpr int kMostBits = 16384;

KeyKind kind_for(Algorithm algorithm) {
  switch (family_of(algorithm)) {
    case token::Family::hmac:
      return KeyKind::oct;
    case token::Family::rsa_pkcs1:
    case token::Family::rsa_pss:
      return KeyKind::rsa;
    case token::Family::ecdsa:
      return algorithm == Algorithm::es256   ? KeyKind::p256
             : algorithm == Algorithm::es384 ? KeyKind::p384
                                             : KeyKind::p521;
    case token::Family::eddsa:
      return KeyKind::ed25519;
  }
  return KeyKind::oct;
}

std::string random_bytes(std::size_t size, Random& random) {
  std::string bytes(size, '\0');
  random.fill({reinterpret_cast<std::byte*>(bytes.data()), bytes.size()});
  return bytes;
}

Result<KeyNumbers> make_numbers(const KeygenOptions& options, Session& session) {
  const KeyKind kind = kind_for(options.algorithm);
  if (kind == KeyKind::oct) {
    KeyNumbers numbers{.kind = kind};
    numbers.k = Secret{random_bytes(hash_size(hash_of(options.algorithm)), session.random)};
    return numbers;
  }
  const auto crypto = token::load_crypto();
  if (!crypto) return crypto.error();
  return (*crypto)->generate(kind, options.bits);
}

Result<Key> make_key(const KeygenOptions& options, Session& session) {
  auto numbers = make_numbers(options, session);
  if (!numbers) return numbers.error();
  token::KeyLabel label{.algorithm = options.algorithm};
  // A thumbprint of a secret would tell something about it.
  label.kid = options.kid ? *options.kid
              : numbers->kind == KeyKind::oct
                  ? "k-" + token::new_token_id(session.random).substr(0, 10)
                  : token::thumbprint(*numbers);
  if (options.not_after) label.not_after = resolve(*options.not_after, session.clock.now());
  return Key::make(*std::move(numbers), std::move(label));
}

Error failure(std::string_view what, const std::filesystem::path& path, int reason) {
  return Error{Errc::unavailable,
               fmt::format("cannot {} {}: {}", what, path.string(),
                           std::error_code{reason, std::generic_category()}.message())};
}

enum class Existing { kept, replaced };

// The file appears whole and with mode 0600, or not at all.
Result<void> write_private_file(const std::filesystem::path& path, std::string_view text,
                                Existing existing) {
  std::string fresh = path.string() + ".XXXXXX";
  const int fd = ::mkostemp(fresh.data(), O_CLOEXEC);
  if (fd < 0) return failure("create", path, errno);
  ::close(fd);
  const auto file = token::FileHandle::open(fresh, O_WRONLY);
  Result<void> done = file ? file->write(0, text) : Result<void>{file.error()};
  if (done) done = file->sync();
  if (done && existing == Existing::replaced && ::rename(fresh.c_str(), path.c_str()) != 0) {
    done = failure("replace", path, errno);
  }
  // Unlike rename, link never replaces.
  if (done && existing == Existing::kept && ::link(fresh.c_str(), path.c_str()) != 0) {
    done = errno == EEXIST
               ? Error{Errc::rejected, path.string() + " exists already (--force replaces it)"}
               : failure("create", path, errno);
  }
  ::unlink(fresh.c_str());
  if (!done) return done;
  const auto folder = path.parent_path();
  return token::sync_folder(folder.empty() ? "." : folder);
}

// A secret that goes to a file with the usual mode is seen by others, and refused later.
void warn_of_open_output(Session& session) {
  struct stat status {};
  if (::fstat(::fileno(session.out), &status) != 0 || !S_ISREG(status.st_mode)) return;
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    session.log.warning("others can read the file that the key goes to: chmod 600, or use --out");
  }
}

ExitCode put(std::string text, const std::optional<std::string>& out, bool force, KeyParts parts,
             Session& session) {
  Result<void> written;
  text += '\n';
  if (out) {
    written = write_private_file(*out, text, force ? Existing::replaced : Existing::kept);
  } else {
    if (parts == KeyParts::all) warn_of_open_output(session);
    write_out(text, session);
    std::fflush(session.out);
  }
  wipe(text.data(), text.size());
  return written ? ExitCode::ok : fail(written.error(), session);
}

ExitCode run_keygen(const KeygenOptions& options, Session& session) {
  protect_memory();
  const auto key = make_key(options, session);
  if (!key) return fail(key.error(), session);
  std::string text;
  // Growing it would leave copies behind.
  text.reserve(16384);
  append_jwk(*key, KeyParts::all, text);
  return put(std::move(text), options.out, options.force, KeyParts::all, session);
}

ExitCode run_jwks(const JwksOptions& options, Session& session) {
  protect_memory();
  auto setting = load_token_setting(options.keys, std::nullopt, session);
  if (!setting) return fail(setting.error(), session);
  auto loaded = load_keys(options.keys, setting->options, session);
  if (auto* const refusal = std::get_if<Refusal>(&loaded)) {
    return report(*refusal, Report::text, session);
  }
  const KeyParts parts = options.public_only ? KeyParts::public_only : KeyParts::all;
  std::string text;
  text.reserve(1U << 20U);
  text += "{\"keys\":[";
  for (const Key* const key : std::get<token::KeySet>(loaded).keys()) {
    if (options.public_only && key->is_symmetric()) {
      return report({Reason::key_refused, "the key: a secret has no public half"}, Report::text,
                    session);
    }
    if (text.back() == '}') text += ',';
    append_jwk(*key, parts, text);
  }
  return put(text + "]}", options.out, options.force, parts, session);
}

Result<Algorithm> parse_key_algorithm(std::string_view text) {
  const auto algorithm = token::parse_algorithm(text);
  if (algorithm) return *algorithm;
  std::string known;
  for (const Algorithm each : token::all_algorithms()) {
    known += (known.empty() ? "" : ", ") + std::string{to_string(each)};
  }
  return Error{Errc::invalid_input, "none of " + known};
}

}  // namespace

void add_token_keygen(Syntax& token) {
  auto options = std::make_shared<KeygenOptions>();
  Syntax command = token.command("keygen", "Make a key (JWK)");
  if (!command.is_named()) return;
  command.parsed("--alg", "ALG", "What the key is for (default HS256)", options->algorithm,
                 parse_key_algorithm);
  command.text("--out", "FILE", "File to create, with mode 0600 (default: stdout)", options->out);
  command.flag("--force", "Replace the file", options->force);
  command.text("--kid", "ID",
               "Name of the key (default: its thumbprint, a random one for a secret)",
               options->kid);
  command.number("--bits", "N", "Length of an RSA key (default 3072)", options->bits, kLeastBits,
                 kMostBits);
  add_time_option(command, "--not-after", "From when the key is no good any more",
                  options->not_after);
  command.run([options](Session& session) { return run_keygen(*options, session); });
}

void add_token_jwks(Syntax& token) {
  auto options = std::make_shared<JwksOptions>();
  Syntax command = token.command("jwks", "Print the keys as a JWKS");
  if (!command.is_named()) return;
  command.flag("--public", "Only what others may know", options->public_only);
  command.text("--out", "FILE", "File to create, with mode 0600 (default: stdout)", options->out);
  command.flag("--force", "Replace the file", options->force);
  add_key_options(command, options->keys);
  command.run([options](Session& session) { return run_jwks(*options, session); });
}

}  // namespace btcw::cli
