#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/environment.h"
#include "btcw/base/result.h"
#include "btcw/base/secret.h"
#include "btcw/config/secret_command.h"

namespace btcw {

/// The ways in which a secret can be given, for a key "password".
enum class SecretForm {
  literal,      ///< password = "…"
  file,         ///< password_file = "…"
  environment,  ///< password_env = "NAME"
  command,      ///< password_command = "pass show …"
};
inline constexpr std::array kSecretForms{SecretForm::literal, SecretForm::file,
                                         SecretForm::environment, SecretForm::command};

/// What the form appends to the key: "", "_file", "_env", "_command".
std::string_view suffix(SecretForm form);

/// Where a secret is to be had from. Move-only, for it may hold the secret itself.
struct SecretSource {
  SecretForm form = SecretForm::literal;
  Secret literal = {};         ///< of that form
  std::string reference = {};  ///< else: the file's path, the variable's name, the command
};

struct FetchedSecret {
  Secret secret;
  /// Set when the secret's file can be read by others, with what to do about it.
  std::optional<std::string> warning = std::nullopt;
};

/// Goes and gets it. A file holds at most 64 KiB; one line end at its end does not belong to the
/// secret.
/// Errors: not_found (file, variable or program), invalid_input (a command that cannot be split),
/// unavailable (a file that cannot be read, is empty or too large; see run_secret_command). No
/// message holds the secret or part of it.
Result<FetchedSecret> fetch_secret(const SecretSource& source, const Environment& environment,
                                   CommandLimits limits = {});

/// The first `size` bytes of `text` without the one line end ("\n" or "\r\n") at their end. All of
/// `text` is wiped.
Secret take_secret(std::string text, std::size_t size);

}  // namespace btcw
