#include "btcw/config/secret_source.h"

#include <fmt/format.h>

#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/config/small_file.h"
#include "btcw/process/command_words.h"

namespace btcw {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} * 1024;

Result<FetchedSecret> fetch_from_file(const std::string& path) {
  auto file = read_small_file(path, kMaxFileBytes);
  if (!file) return std::move(file).error().within(btcw::quoted(path, 200));
  const std::size_t size = file->text.size();
  FetchedSecret fetched{.secret = take_secret(std::move(file->text), size)};
  if (fetched.secret.empty())
    return Error{Errc::unavailable, btcw::quoted(path, 200) + " is empty"};
  if (file->privacy == Privacy::broken) {
    fetched.warning = fmt::format("can be read by others: chmod 600 {}", path);
  }
  return fetched;
}

Result<FetchedSecret> fetch_from_environment(const std::string& name,
                                             const Environment& environment) {
  const auto value = environment.get(name);
  // The name is not quoted: it may be the secret itself, written to the wrong key.
  if (!value) return Error{Errc::not_found, "there is no variable of that name"};
  if (value->empty()) return Error{Errc::not_found, "the variable of that name is empty"};
  return FetchedSecret{.secret = Secret{std::string{*value}}};
}

Result<FetchedSecret> fetch_from_command(const std::string& command, const Environment& environment,
                                         CommandLimits limits) {
  const auto words = split_command(command);
  if (!words) return words.error();
  auto secret = run_secret_command(*words, environment, limits);
  if (!secret) return std::move(secret).error();
  return FetchedSecret{.secret = *std::move(secret)};
}

}  // namespace

std::string_view suffix(SecretForm form) {
  switch (form) {
    case SecretForm::literal:
      return "";
    case SecretForm::file:
      return "_file";
    case SecretForm::environment:
      return "_env";
    case SecretForm::command:
      return "_command";
  }
  return "";
}

Result<FetchedSecret> fetch_secret(const SecretSource& source, const Environment& environment,
                                   CommandLimits limits) {
  switch (source.form) {
    case SecretForm::literal:
      return FetchedSecret{.secret = source.literal.clone()};
    case SecretForm::file:
      return fetch_from_file(source.reference);
    case SecretForm::environment:
      return fetch_from_environment(source.reference, environment);
    case SecretForm::command:
      return fetch_from_command(source.reference, environment, limits);
  }
  return FetchedSecret{};
}

Secret take_secret(std::string text, std::size_t size) {
  std::size_t end = size;
  if (end > 0 && text[end - 1] == '\n') {
    --end;
    if (end > 0 && text[end - 1] == '\r') --end;
  }
  Secret secret{std::string{text, 0, end}};
  wipe(text.data(), text.size());
  return secret;
}

}  // namespace btcw
