#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "btcw/base/decimal.h"
#include "btcw/base/result.h"
#include "btcw/base/secret.h"
#include "btcw/base/symbol.h"
#include "btcw/base/time.h"

namespace btcw {

struct Config;

/// Which of several a key belongs to: "binance" of `[exchange.binance]`, the third `[[alert]]`.
struct KeyPlace {
  std::string_view instance = {};  ///< the name of the named table
  std::size_t index = 0;           ///< the number of the list's table, from 0
  std::string_view key = {};       ///< the last part of the path
};

/// How a key's member of a Config is read and set.
template <typename T>
struct Access {
  T (*get)(const Config&, const KeyPlace&);
  void (*set)(Config&, const KeyPlace&, T);
};

/// true or false.
struct FlagKey {
  Access<bool> member;
};
/// A whole number from `least` to `most`.
struct IntegerKey {
  Access<std::int64_t> member;
  std::int64_t least;
  std::int64_t most;
};
/// "30s": a text, for a bare number would leave the unit open.
struct DurationKey {
  Access<milliseconds> member;
  milliseconds least;
  milliseconds most;
};
enum class NumberRange { any, not_negative };
/// A number, kept exactly: "0.5" or 0.5.
struct DecimalKey {
  Access<Decimal> member;
  NumberRange range = NumberRange::any;
};
/// A text; `read`, where there is one, checks it and brings it into one form.
struct TextKey {
  Access<std::string> member;
  Result<std::string> (*read)(std::string_view text) = nullptr;
};
/// Whether a value that is no secret by its type is shown to people.
enum class Shown { plainly, masked };
/// A text, a number or true/false, kept as text, or a list of them, made into one text by `join`
/// (with ", " between where there is none): what a channel makes of it is the channel's.
struct ScalarKey {
  Access<std::string> member;
  std::string (*join)(const std::vector<std::string>& items) = nullptr;
  Shown shown = Shown::plainly;
};
/// One of a few words; the member is an enum in their order.
struct ChoiceKey {
  Access<std::size_t> member;
  std::span<const std::string_view> words;
};
struct TextListKey {
  Access<std::vector<std::string>> member;
  Result<std::string> (*read)(std::string_view text) = nullptr;
};
/// Symbols in any spelling, with or without an exchange; general.quote completes them.
struct SymbolListKey {
  Access<std::vector<SymbolRequest>> member;
};
/// A moment: a TOML date or time, or a text such as "2027-01-01T00:00:00Z"; "" is none.
struct MomentKey {
  Access<std::optional<UtcTime>> member;
};
/// Names of exchanges that exist, each once.
struct ExchangeListKey {
  Access<std::vector<ExchangeName>> member;
};
/// A path; "~/" is the home folder, and a relative one starts at the folder of its file.
struct PathKey {
  Access<std::filesystem::path> member;
};
/// Something that must not be seen. The keys KEY_file, KEY_env and KEY_command belong to it.
struct SecretKey {
  const Secret& (*get)(const Config&, const KeyPlace&);
  void (*set)(Config&, const KeyPlace&, Secret);
  /// Whether such a text, for all that, holds nothing that must not be seen: a URL without a
  /// password.
  bool (*is_public)(std::string_view text) = nullptr;
  /// Where to tell, besides the warning, that the secret's file can be read by others.
  std::string& (*exposure)(Config&) = nullptr;
};
/// The same key, with a place to tell of an open file.
constexpr SecretKey telling(SecretKey key, std::string& (*exposure)(Config&)) {
  key.exposure = exposure;
  return key;
}

/// The same key, of which some texts hold no secret.
constexpr SecretKey unless(SecretKey key, bool (*is_public)(std::string_view text)) {
  key.is_public = is_public;
  return key;
}

using KeyType =
    std::variant<FlagKey, IntegerKey, DurationKey, DecimalKey, TextKey, ScalarKey, ChoiceKey,
                 TextListKey, SymbolListKey, MomentKey, ExchangeListKey, PathKey, SecretKey>;

enum class Need { optional, required };

/// One key of the configuration: a row of the table in keys.cc.
struct ConfigKey {
  /// "cache.ttl"; "exchange.*.rest_url" is a key of every table `[exchange.NAME]`, and
  /// "alert[].when" one of every table `[[alert]]`.
  std::string_view path;
  KeyType type;
  std::string_view help;       ///< one line, for the user
  Need need = Need::optional;  ///< of a key in a named table or a list of tables

  [[nodiscard]] bool is_secret() const { return std::holds_alternative<SecretKey>(type); }
};

namespace config_detail {

template <typename T, typename Member>
T from_member(const Member& member) {
  if constexpr (std::is_enum_v<Member> || std::is_arithmetic_v<Member>) {
    return static_cast<T>(member);
  } else {
    return T(member);
  }
}

template <typename Member, typename T>
void into_member(Member& member, T value) {
  if constexpr (std::is_same_v<Member, std::string> && std::is_same_v<T, std::filesystem::path>) {
    member = value.string();
  } else if constexpr (std::is_enum_v<Member> || std::is_arithmetic_v<Member>) {
    member = static_cast<Member>(value);
  } else {
    member = std::move(value);
  }
}

}  // namespace config_detail

/// Becomes the Access of any key type. `Table::in` finds the struct in a Config (one that it makes,
/// or, in a const one, the defaults where there is none yet), `Members` lead on from there:
/// kIn<WholeConfig, &Config::cache, &CacheOptions::ttl>.
template <typename Table, auto... Members>
struct MemberPath {
  using Member = std::remove_cvref_t<decltype((
      Table::in(std::declval<Config&>(), std::declval<const KeyPlace&>()).*....*Members))>;
  static constexpr bool kIsSecret = std::is_same_v<Member, Secret>;

  // Constrained: clang looks into what the variant of all key types could be made from.
  template <typename T>
  requires(!kIsSecret) constexpr operator Access<T>() const {
    return {[](const Config& config, const KeyPlace& place) {
              return config_detail::from_member<T>((Table::in(config, place).*....*Members));
            },
            [](Config& config, const KeyPlace& place, T value) {
              config_detail::into_member((Table::in(config, place).*....*Members),
                                         std::move(value));
            }};
  }
  constexpr operator SecretKey() const requires kIsSecret {
    return {[](const Config& config, const KeyPlace& place) -> const Secret& {
              return (Table::in(config, place).*....*Members);
            },
            [](Config& config, const KeyPlace& place, Secret value) {
              (Table::in(config, place).*....*Members) = std::move(value);
            }};
  }
};

}  // namespace btcw
