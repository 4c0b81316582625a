#include "btcw/config/key_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/config/config.h"
#include "btcw/config/exchange_text.h"
#include "btcw/config/toml_text.h"
#include "btcw/market/exchange_names.h"

namespace btcw {
namespace {

using Kind = ConfigValue::Kind;

// One of assign()'s calls, with a case for each type of key.
class Assignment {
 public:
  Assignment(const KeyPlace& place, ConfigValue& value, const ReadingContext& context,
             Config& config, FaultSink fault)
      : place_{place}, value_{value}, context_{context}, config_{config}, fault_{fault} {}

  void operator()(const FlagKey& key) {
    if (value_.kind != Kind::boolean) return expected("true or false");
    key.member.set(config_, place_, value_.boolean);
  }

  void operator()(const IntegerKey& key) {
    if (value_.kind != Kind::integer) return expected("a whole number");
    if (value_.integer < key.least || value_.integer > key.most) {
      return expected(fmt::format("a number from {} to {}", key.least, key.most));
    }
    key.member.set(config_, place_, value_.integer);
  }

  void operator()(const DurationKey& key) {
    if (value_.kind == Kind::integer) {
      return expected(fmt::format("a duration with its unit, such as \"{}s\"",
                                  std::max<std::int64_t>(value_.integer, 0)));
    }
    if (value_.kind != Kind::text) return expected("a duration such as \"30s\"");
    const Result<milliseconds> read = parse_duration(value_.text);
    if (!read) return fault_(value_.at, read.error().message);
    if (*read < key.least || *read > key.most) {
      return expected(fmt::format("a duration from \"{}\" to \"{}\"", to_string(key.least),
                                  to_string(key.most)));
    }
    key.member.set(config_, place_, *read);
  }

  void operator()(const DecimalKey& key) {
    if (value_.kind == Kind::integer) value_.text = std::to_string(value_.integer);
    const bool is_number = value_.kind == Kind::integer || value_.kind == Kind::real;
    if (!is_number && value_.kind != Kind::text) return expected("a number");
    const Result<Decimal> read = Decimal::parse(value_.text);
    if (!read) return fault_(value_.at, read.error().message);
    if (value_.kind == Kind::real && !survives_double(*read)) {
      return fault_(value_.at, "too many digits for a bare number: put it into quotes");
    }
    if (key.range == NumberRange::not_negative && read->is_negative()) {
      return expected("a number that is not negative");
    }
    key.member.set(config_, place_, *read);
  }

  void operator()(const TextKey& key) {
    auto read = text_item(value_, key.read);
    if (read) key.member.set(config_, place_, *std::move(read));
  }

  void operator()(const ScalarKey& key) {
    if (value_.kind != Kind::list) {
      if (auto text = scalar(value_)) key.member.set(config_, place_, *std::move(text));
      return;
    }
    std::vector<std::string> items;
    for (ConfigValue& item : value_.parts) {
      auto text = scalar(item);
      if (!text) return;
      items.push_back(*std::move(text));
    }
    key.member.set(
        config_, place_,
        key.join != nullptr ? key.join(items) : fmt::format("{}", fmt::join(items, ", ")));
  }

  void operator()(const ChoiceKey& key) {
    const auto found = value_.kind == Kind::text
                           ? std::find(key.words.begin(), key.words.end(), value_.text)
                           : key.words.end();
    if (found == key.words.end()) {
      return expected(fmt::format("one of \"{}\"", fmt::join(key.words, "\", \"")));
    }
    key.member.set(config_, place_, static_cast<std::size_t>(found - key.words.begin()));
  }

  void operator()(const TextListKey& key) {
    std::vector<std::string> list;
    for_each_item("a list of texts", [&](ConfigValue& item) {
      if (auto read = text_item(item, key.read)) list.push_back(*std::move(read));
    });
    if (value_.kind == Kind::list) key.member.set(config_, place_, std::move(list));
  }

  void operator()(const SymbolListKey& key) {
    std::vector<SymbolRequest> list;
    for_each_item("a list of symbols such as [\"BTC/USDT\"]", [&](ConfigValue& item) {
      const auto read = SymbolRequest::parse(item.text, config_.general.quote);
      if (!read) return fault_(item.at, read.error().message);
      // The simulated market and the median can be watched by name; they are in no order of
      // preference.
      if (read->exchange && !is_made_up_source(read->exchange->text())) {
        const auto exchange = read_exchange(read->exchange->text());
        if (!exchange) return fault_(item.at, exchange.error().message);
      }
      if (std::find(list.begin(), list.end(), *read) != list.end()) {
        return fault_(item.at, fmt::format("{} stands there twice", btcw::quoted(item.text)));
      }
      list.push_back(*read);
    });
    if (value_.kind == Kind::list) key.member.set(config_, place_, std::move(list));
  }

  void operator()(const MomentKey& key) {
    if (value_.kind != Kind::text && value_.kind != Kind::moment) {
      return expected("a date or a time such as 2027-01-01T00:00:00Z");
    }
    if (value_.text.empty()) return key.member.set(config_, place_, std::nullopt);
    const auto read = parse_time(value_.text);
    if (!read) return fault_(value_.at, read.error().message);
    key.member.set(config_, place_, *read);
  }

  void operator()(const ExchangeListKey& key) {
    if (value_.kind == Kind::list && value_.parts.empty()) {
      return expected("at least one exchange");
    }
    std::vector<ExchangeName> list;
    for_each_item("a list of exchanges such as [\"binance\"]", [&](ConfigValue& item) {
      const auto read = read_exchange(item.text);
      if (!read) return fault_(item.at, read.error().message);
      if (std::find(list.begin(), list.end(), *read) != list.end()) {
        return fault_(item.at, fmt::format("{} stands there twice", btcw::quoted(item.text)));
      }
      list.push_back(*read);
    });
    if (value_.kind == Kind::list) key.member.set(config_, place_, std::move(list));
  }

  void operator()(const PathKey& key) {
    if (value_.kind != Kind::text) return expected("a path");
    auto read = read_path(value_.text, context_);
    if (!read) return fault_(value_.at, read.error().message);
    key.member.set(config_, place_, *std::move(read));
  }

  void operator()(const SecretKey&) { assert(false); }

 private:
  void expected(std::string_view what) { expected(what, value_); }
  void expected(std::string_view what, const ConfigValue& value) {
    fault_(value.at, fmt::format("expected {}, not {}", what, describe(value)));
  }

  std::optional<std::string> scalar(ConfigValue& item) {
    if (item.kind == Kind::text) return std::move(item.text);
    if (item.kind == Kind::integer) return std::to_string(item.integer);
    if (item.kind == Kind::boolean) return item.boolean ? "true" : "false";
    expected("a text, a whole number or true or false", item);
    return std::nullopt;
  }

  std::optional<std::string> text_item(ConfigValue& item,
                                       Result<std::string> (*read)(std::string_view)) {
    if (item.kind != Kind::text) {
      expected("a text", item);
      return std::nullopt;
    }
    if (read == nullptr) return std::move(item.text);
    auto result = read(item.text);
    if (result) return *std::move(result);
    fault_(item.at, result.error().message);
    return std::nullopt;
  }

  template <typename TakeItem>
  void for_each_item(std::string_view what, TakeItem take) {
    if (value_.kind != Kind::list) return expected(what);
    for (ConfigValue& item : value_.parts) {
      if (item.kind == Kind::text) {
        take(item);
      } else {
        expected("a text", item);
      }
    }
  }

  // 15 digits come back unchanged from a double, more may not.
  static bool survives_double(Decimal number) {
    constexpr std::int64_t kSixteenDigits = 1'000'000'000'000'000;
    return number.coefficient() < kSixteenDigits && number.coefficient() > -kSixteenDigits;
  }

  const KeyPlace& place_;
  ConfigValue& value_;
  const ReadingContext& context_;
  Config& config_;
  FaultSink fault_;
};

// What is in force, with a case for each type of key.
struct Spelling {
  const KeyPlace& place;
  const Config& config;

  std::string operator()(const FlagKey& key) const {
    return key.member.get(config, place) ? "true" : "false";
  }
  std::string operator()(const IntegerKey& key) const {
    return std::to_string(key.member.get(config, place));
  }
  std::string operator()(const DurationKey& key) const {
    return toml_string(to_string(key.member.get(config, place)));
  }
  std::string operator()(const DecimalKey& key) const {
    return toml_string(key.member.get(config, place).to_string());
  }
  std::string operator()(const TextKey& key) const {
    return toml_string(key.member.get(config, place));
  }
  std::string operator()(const ScalarKey& key) const {
    return toml_string(key.member.get(config, place));
  }
  std::string operator()(const ChoiceKey& key) const {
    return toml_string(key.words[key.member.get(config, place)]);
  }
  std::string operator()(const TextListKey& key) const {
    return list(key.member.get(config, place), [](const std::string& text) { return text; });
  }
  std::string operator()(const SymbolListKey& key) const {
    return list(key.member.get(config, place),
                [](const SymbolRequest& request) { return request.to_string(); });
  }
  std::string operator()(const MomentKey& key) const {
    const auto moment = key.member.get(config, place);
    return toml_string(moment ? to_rfc3339(*moment) : "");
  }
  std::string operator()(const ExchangeListKey& key) const {
    return list(key.member.get(config, place),
                [](const ExchangeName& name) { return name.text(); });
  }
  std::string operator()(const PathKey& key) const {
    return toml_string(key.member.get(config, place).string());
  }
  std::string operator()(const SecretKey&) const {
    assert(false);
    return {};
  }

 private:
  template <typename Items, typename ToText>
  static std::string list(const Items& items, ToText to_text) {
    std::string out = "[";
    for (const auto& item : items) {
      if (out.size() > 1) out += ", ";
      out += toml_string(to_text(item));
    }
    return out += ']';
  }
};

}  // namespace

void assign(const ConfigKey& key, const KeyPlace& place, ConfigValue& value,
            const ReadingContext& context, Config& config, FaultSink fault) {
  std::visit(Assignment{place, value, context, config, fault}, key.type);
}

std::string to_toml(const ConfigKey& key, const KeyPlace& place, const Config& config) {
  return std::visit(Spelling{place, config}, key.type);
}

Result<std::filesystem::path> read_path(std::string_view text, const ReadingContext& context) {
  if (text.find('\0') != std::string_view::npos) {
    return Error{Errc::invalid_input, "a path cannot hold a NUL"};
  }
  std::filesystem::path path{text};
  if (text == "~" || text.substr(0, 2) == "~/") {
    const auto home = context.environment.get("HOME");
    if (!home || home->empty() || home->front() != '/') {
      return Error{Errc::invalid_input, "no home folder for '~': $HOME is not set"};
    }
    path = std::filesystem::path{*home} / text.substr(std::min<std::size_t>(2, text.size()));
  } else if (!text.empty() && text.front() == '~') {
    return Error{Errc::invalid_input,
                 fmt::format("only '~/' is understood, not another user's folder: {}",
                             btcw::quoted(text, 80))};
  }
  if (text.empty() || path.is_absolute() || context.folder.empty()) return path;
  return (context.folder / path).lexically_normal();
}

}  // namespace btcw
