#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "btcw/notify/channel.h"

namespace btcw {

/// Whether a section says only what its kind knows, each as what it is, and all that is required.
/// Errors: invalid_input (an unknown key with the nearest one, a required value that is missing or
/// empty), rejected (a required secret that is).
Result<void> check_channel_settings(std::string_view type, std::span<const ChannelOption> options,
                                    const ChannelSettings& settings);

/// The values of a section with the fallbacks of its kind.
class ChannelValues {
 public:
  ChannelValues(std::span<const ChannelOption> options, const ChannelSettings& settings)
      : options_{options}, settings_{settings} {}

  /// The value, else the option's fallback, else "".
  [[nodiscard]] std::string text(std::string_view key) const;
  /// The secret, "" where there is none. Lives as long as the settings.
  [[nodiscard]] std::string_view secret(std::string_view key) const;
  /// Errors: invalid_input for anything but a whole number from `least` to `most`.
  [[nodiscard]] Result<int> number(std::string_view key, int least, int most) const;
  /// Errors: invalid_input for any other word; the message lists the words.
  [[nodiscard]] Result<std::string> word(std::string_view key,
                                         std::initializer_list<std::string_view> words) const;
  /// The `base_url` of the section. Errors: as parse_base_url().
  [[nodiscard]] Result<std::string> base_url() const;
  /// The address of a webhook: the secret `url` as it was copied from the service, or base_url,
  /// then `path`, then the secret `token_key`. Errors: invalid_input (both, or not an address),
  /// rejected (neither).
  [[nodiscard]] Result<std::string> webhook(std::string_view path,
                                            std::string_view token_key) const;

 private:
  std::span<const ChannelOption> options_;
  const ChannelSettings& settings_;
};

/// Puts a value where its option belongs: among the values or the secrets.
/// Precondition: `key` is one of the options.
void put_setting(ChannelSettings& settings, std::span<const ChannelOption> options,
                 std::string_view key, std::string value);

/// The settings that the query of an ad-hoc URL stands for: `?key=value` for every key of the kind.
/// Errors: invalid_input (a key that the kind does not have, with the nearest one).
Result<ChannelSettings> settings_of_query(const ChannelUrl& url,
                                          std::span<const ChannelOption> options);

/// Errors: invalid_input with how such a URL is spelled; never with what stood there.
Error wrong_channel_url(std::string_view spelling);

}  // namespace btcw
