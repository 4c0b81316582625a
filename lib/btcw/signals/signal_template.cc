#include "btcw/signals/signal_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "btcw/base/quoted.h"

namespace btcw {
namespace {

constexpr std::size_t kMostBytes = 4000;
constexpr std::string_view kUnknown = "n/a";
constexpr std::string_view kIndicators = "indicators.";

struct Field {
  std::string_view name;
  std::string TradeSignal::*member;
};
constexpr std::array kFields{
    Field{"pair", &TradeSignal::pair},
    Field{"action", &TradeSignal::action},
    Field{"current_rate", &TradeSignal::current_rate},
    Field{"strategy", &TradeSignal::strategy},
    Field{"timeframe", &TradeSignal::timeframe},
    Field{"timestamp", &TradeSignal::timestamp},
    Field{"exchange", &TradeSignal::exchange},
    Field{"reason", &TradeSignal::reason},
    Field{"tag", &TradeSignal::tag},
    Field{"signal_strength", &TradeSignal::strength_text},
};
constexpr std::string_view kStrength = "strength";

const Field* find_field(std::string_view name) {
  const auto* const found = std::find_if(kFields.begin(), kFields.end(),
                                         [name](const Field& field) { return field.name == name; });
  return found == kFields.end() ? nullptr : found;
}

bool is_field_name(std::string_view name) {
  if (name == kStrength || find_field(name) != nullptr) return true;
  return name.size() > kIndicators.size() && name.starts_with(kIndicators);
}

Error wrong(std::size_t at, std::string_view what) {
  return {Errc::invalid_input, fmt::format("column {}: {}", at + 1, what)};
}

std::string unknown_field(std::string_view name) {
  std::string known{kStrength};
  for (const Field& field : kFields) known.append(", ").append(field.name);
  return fmt::format("no field {}: there are {} and {}NAME", btcw::quoted(name), known,
                     kIndicators);
}

std::string_view indicator_of(const TradeSignal& signal, std::string_view name) {
  for (const auto& [key, value] : signal.indicators) {
    if (key == name) return value;
  }
  return {};
}

std::string_view value_of(std::string_view name, const TradeSignal& signal, SignalGrade grade) {
  if (name == kStrength) return to_string(grade);
  if (name.starts_with(kIndicators)) return indicator_of(signal, name.substr(kIndicators.size()));
  const Field* const field = find_field(name);
  return field == nullptr ? std::string_view{} : std::string_view{signal.*field->member};
}

}  // namespace

std::string_view to_string(SignalGrade grade) {
  switch (grade) {
    case SignalGrade::strong:
      return "strong";
    case SignalGrade::medium:
      return "medium";
    case SignalGrade::weak:
      return "weak";
    case SignalGrade::ignored:
      break;
  }
  return "ignored";
}

Result<SignalTemplate> SignalTemplate::parse(std::string_view text) {
  if (text.size() > kMostBytes) return wrong(kMostBytes, "longer than 4000 bytes");
  SignalTemplate result;
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '{' && c != '}') {
      plain += c;
      continue;
    }
    if (at + 1 < text.size() && text[at + 1] == c) {
      plain += c;
      ++at;
      continue;
    }
    if (c == '}') return wrong(at, "a } without {, which would be }}");
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) return wrong(at, "a { without }");
    const std::string_view name = text.substr(at + 1, end - at - 1);
    if (!is_field_name(name)) return wrong(at + 1, unknown_field(name));
    result.parts_.push_back({std::exchange(plain, {})});
    result.parts_.push_back({.text = std::string{name}, .is_field = true});
    at = end;
  }
  result.parts_.push_back({plain});
  return result;
}

std::string SignalTemplate::render(const TradeSignal& signal, SignalGrade grade) const {
  std::string text;
  for (const Part& part : parts_) {
    if (!part.is_field) {
      text += part.text;
      continue;
    }
    const std::string_view value = value_of(part.text, signal, grade);
    text += value.empty() ? kUnknown : value;
  }
  return text;
}

Result<std::string> read_signal_template(std::string_view text) {
  const auto parsed = SignalTemplate::parse(text);
  if (!parsed) return parsed.error();
  return std::string{text};
}

}  // namespace btcw
