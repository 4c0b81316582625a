#include "btcw/rules/rule_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "btcw/base/quoted.h"

namespace btcw::rules {
namespace {

constexpr std::string_view kVersion = "1";  // the first word of a state
constexpr std::array<std::string_view, 3> kRepeats{"once", "rearm", "every"};
// A crossing is one letter: how far it is, times four, and its side; see letter_of().
constexpr std::string_view kLetters = "abcdefghijklmnop";
constexpr std::string_view kTruths = "nyu";

Error not_a_state(std::string_view text) {
  return {Errc::bad_data, "not the state of a rule: " + btcw::quoted(text)};
}

char letter_of(const Crossing& crossing) {
  const auto side = static_cast<std::size_t>(crossing.side);
  return kLetters[side + (crossing.stands ? 4U : 0U) + (crossing.held ? 8U : 0U)];
}

std::optional<Crossing> crossing_of(char letter, char truth) {
  const std::size_t code = kLetters.find(letter);
  const std::size_t happened = kTruths.find(truth);
  if (code == std::string_view::npos || happened == std::string_view::npos) return std::nullopt;
  return Crossing{.side = static_cast<Crossing::Side>(code % 4),
                  .stands = (code & 4U) != 0,
                  .held = (code & 8U) != 0,
                  .happened = static_cast<Truth>(happened)};
}

/// The words of a line, one after another.
class Words {
 public:
  explicit Words(std::string_view text) : rest_{text} {}

  std::string_view next() {
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return word;
  }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

template <typename Number>
std::optional<Number> number_of(std::string_view word) {
  Number value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::string text_of(const std::optional<UtcTime>& time) {
  return time ? std::to_string(to_unix_ms(*time)) : "-";
}

// "-" for none; false: neither that nor a time.
bool read_time(std::string_view word, std::optional<UtcTime>& time) {
  if (word == "-") return true;
  constexpr std::int64_t kEnd = 253'402'300'800'000;  // year 10000
  const auto ms = number_of<std::int64_t>(word);
  if (!ms || *ms < 0 || *ms >= kEnd) return false;
  time = from_unix_ms(*ms);
  return true;
}

bool read_crossings(std::string_view word, Crossings& crossings) {
  if (word.size() != 2 * crossings.size()) return false;
  for (std::size_t at = 0; at < crossings.size(); ++at) {
    const auto crossing = crossing_of(word[2 * at], word[2 * at + 1]);
    if (!crossing) return false;
    crossings[at] = *crossing;
  }
  return true;
}

}  // namespace

Result<Hysteresis> parse_hysteresis(std::string_view text) {
  const bool is_relative = text.ends_with('%');
  const auto number = Decimal::parse(is_relative ? text.substr(0, text.size() - 1) : text);
  const auto amount = number && is_relative ? number->times_power_of_ten(-2) : number;
  const bool fits =
      amount && !amount->is_negative() && (!is_relative || *amount < Decimal::from_parts(1, 0));
  if (!fits) {
    return Error{Errc::invalid_input,
                 "not a hysteresis: " + btcw::quoted(text) +
                     ", expected a share of the threshold as in 0.5%, or a number as in 500"};
  }
  return Hysteresis{.amount = *amount, .is_relative = is_relative};
}

std::string to_string(const Hysteresis& hysteresis) {
  if (!hysteresis.is_relative) return hysteresis.amount.to_string();
  // In range: it came from a percentage.
  const auto percent = hysteresis.amount.times_power_of_ten(2);
  return (percent ? percent->to_string() : "0") + "%";
}

Result<Repeat> parse_repeat(std::string_view text) {
  const auto* const found = std::find(kRepeats.begin(), kRepeats.end(), text);
  if (found == kRepeats.end()) {
    return Error{Errc::invalid_input, "expected once, rearm or every, found " + btcw::quoted(text)};
  }
  return static_cast<Repeat>(found - kRepeats.begin());
}

std::string_view to_string(Repeat repeat) { return kRepeats[static_cast<std::size_t>(repeat)]; }

std::string to_text(const RuleState& state) {
  std::string text{kVersion};
  text.append(" ").append(text_of(state.since)).append(" ").append(text_of(state.fired_at));
  text.append(" ").append(std::to_string(state.fired)).append(state.active ? " active " : " idle ");
  for (const Crossing& crossing : state.crossings) {
    text += letter_of(crossing);
    text += kTruths[static_cast<std::size_t>(crossing.happened)];
  }
  return text;
}

Result<RuleState> parse_state(std::string_view text) {
  Words words{text};
  RuleState state;
  if (words.next() != kVersion) return not_a_state(text);
  if (!read_time(words.next(), state.since)) return not_a_state(text);
  if (!read_time(words.next(), state.fired_at)) return not_a_state(text);
  const auto fired = number_of<std::uint32_t>(words.next());
  if (!fired) return not_a_state(text);
  state.fired = *fired;
  const std::string_view activity = words.next();
  if (activity != "active" && activity != "idle") return not_a_state(text);
  state.active = activity == "active";
  if (!read_crossings(words.next(), state.crossings) || !words.done()) return not_a_state(text);
  return state;
}

}  // namespace btcw::rules
