#include "btcw/notify/channel_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/base/symbol.h"
#include "btcw/notify/base_url.h"

namespace btcw {
namespace {

// Whether a key is the option's: "header.*" stands for "header." with anything behind it.
bool is_key_of(const ChannelOption& option, std::string_view key) {
  if (!option.key.ends_with('*')) return option.key == key;
  const std::string_view stem = option.key.substr(0, option.key.size() - 1);
  return key.size() > stem.size() && key.starts_with(stem);
}

const ChannelOption* find_option(std::span<const ChannelOption> options, std::string_view key) {
  const auto found =
      std::find_if(options.begin(), options.end(),
                   [key](const ChannelOption& option) { return is_key_of(option, key); });
  return found == options.end() ? nullptr : &*found;
}

Error unknown_key(std::string_view key, std::span<const ChannelOption> options) {
  std::vector<std::string_view> keys;
  for (const ChannelOption& option : options) keys.push_back(option.key);
  std::string message = fmt::format("unknown key {}", btcw::quoted(key));
  if (const auto near = nearest(key, keys, 1); !near.empty()) {
    message += fmt::format(" (did you mean {}?)", near[0]);
  }
  return {Errc::invalid_input, std::move(message)};
}

Result<void> check_keys(std::span<const ChannelOption> options, const ChannelSettings& settings) {
  for (const auto& [key, value] : settings.values) {
    const ChannelOption* option = find_option(options, key);
    if (option == nullptr) return unknown_key(key, options);
    if (option->secret) {
      return Error{Errc::invalid_input, fmt::format("'{}' is a secret, not a plain value", key)};
    }
  }
  for (const auto& [key, value] : settings.secrets) {
    const ChannelOption* option = find_option(options, key);
    if (option == nullptr) return unknown_key(key, options);
    if (!option->secret) return Error{Errc::invalid_input, fmt::format("'{}' is no secret", key)};
  }
  return {};
}

}  // namespace

Result<void> check_channel_settings(std::string_view type, std::span<const ChannelOption> options,
                                    const ChannelSettings& settings) {
  if (auto known = check_keys(options, settings); !known) return std::move(known).within(type);
  const ChannelValues values{options, settings};
  for (const ChannelOption& option : options) {
    if (!option.required) continue;
    if (option.secret && values.secret(option.key).empty()) {
      return Error{Errc::rejected, fmt::format("{}: the secret '{}' is missing: {}", type,
                                               option.key, option.help)};
    }
    if (!option.secret && values.text(option.key).empty()) {
      return Error{Errc::invalid_input,
                   fmt::format("{}: '{}' is missing: {}", type, option.key, option.help)};
    }
  }
  return {};
}

std::string ChannelValues::text(std::string_view key) const {
  if (const auto found = settings_.values.find(key); found != settings_.values.end()) {
    return found->second;
  }
  const ChannelOption* option = find_option(options_, key);
  return option == nullptr ? std::string{} : std::string{option->fallback};
}

std::string_view ChannelValues::secret(std::string_view key) const {
  const auto found = settings_.secrets.find(key);
  return found == settings_.secrets.end() ? std::string_view{} : found->second.reveal();
}

Result<int> ChannelValues::number(std::string_view key, int least, int most) const {
  const std::string written = text(key);
  int value = 0;
  const char* const end = written.data() + written.size();
  const auto read = std::from_chars(written.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end || value < least || value > most) {
    return Error{Errc::invalid_input, fmt::format("'{}' is not a number from {} to {}: {}", key,
                                                  least, most, btcw::quoted(written))};
  }
  return value;
}

Result<std::string> ChannelValues::word(std::string_view key,
                                        std::initializer_list<std::string_view> words) const {
  std::string written = text(key);
  if (std::find(words.begin(), words.end(), written) != words.end()) return written;
  return Error{Errc::invalid_input, fmt::format("'{}' is none of {}: {}", key,
                                                fmt::join(words, ", "), btcw::quoted(written))};
}

Result<std::string> ChannelValues::base_url() const {
  return parse_base_url(text("base_url")).within("base_url");
}

Result<std::string> ChannelValues::webhook(std::string_view path,
                                           std::string_view token_key) const {
  const std::string_view url = secret("url");
  const std::string_view token = secret(token_key);
  if (url.empty() == token.empty()) {
    return Error{url.empty() ? Errc::rejected : Errc::invalid_input,
                 fmt::format("needs one of the secrets 'url' and '{}', not {}", token_key,
                             url.empty() ? "none" : "both")};
  }
  if (!url.empty()) {
    if (settings_.values.count("base_url") > 0) {
      return Error{Errc::invalid_input, "'url' has its own host: 'base_url' cannot be beside it"};
    }
    return parse_webhook_url(url).within("url");
  }
  auto base = base_url();
  if (!base) return base;
  // A path and a token are for a URL; what is not must not bend it.
  if (token.find_first_of(" \t\r\n?#&") != std::string_view::npos) {
    return Error{Errc::invalid_input,
                 fmt::format("'{}' holds a character that cannot be", token_key)};
  }
  return parse_webhook_url(base->append(path).append(token)).within(token_key);
}

void put_setting(ChannelSettings& settings, std::span<const ChannelOption> options,
                 std::string_view key, std::string value) {
  const ChannelOption* option = find_option(options, key);
  assert(option != nullptr);
  if (option->secret) {
    settings.secrets.insert_or_assign(std::string{key}, Secret{std::move(value)});
  } else {
    settings.values.insert_or_assign(std::string{key}, std::move(value));
  }
}

Result<ChannelSettings> settings_of_query(const ChannelUrl& url,
                                          std::span<const ChannelOption> options) {
  ChannelSettings settings;
  for (const auto& [key, value] : url.query) {
    if (find_option(options, key) == nullptr) return unknown_key(key, options);
    put_setting(settings, options, key, value);
  }
  return settings;
}

Error wrong_channel_url(std::string_view spelling) {
  return {Errc::invalid_input, fmt::format("not of the form {}", spelling)};
}

}  // namespace btcw
