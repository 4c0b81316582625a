#include "btcw/rules/message_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/rules/tokens.h"
#include "btcw/rules/vocabulary.h"

namespace btcw::rules {
namespace {

using Word = MessageTemplate::Word;
using Format = MessageTemplate::Format;

constexpr std::size_t kLongest = 4'000;
constexpr std::array<std::pair<std::string_view, Word>, 9> kWords{{
    {"symbol", Word::symbol},
    {"base", Word::base},
    {"quote", Word::quote},
    {"exchange", Word::exchange},
    {"name", Word::name},
    {"when", Word::when},
    {"event", Word::event},
    {"time", Word::time},
    {"since", Word::since},
}};
constexpr std::string_view kThreshold = "threshold";

const Word* find_word(std::string_view name) {
  const auto* const found = std::find_if(kWords.begin(), kWords.end(),
                                         [&](const auto& entry) { return entry.first == name; });
  return found == kWords.end() ? nullptr : &found->second;
}

std::string nearest_placeholder(std::string_view name) {
  std::vector<std::string_view> known{kThreshold};
  for (const auto& [word, unused] : kWords) known.push_back(word);
  for (const FieldWord& field : field_words()) known.push_back(field.name);
  return did_you_mean(name, known);
}

// "+,.2f", in that order, each of them optional.
std::optional<Format> read_format(std::string_view text) {
  Format format;
  const auto take = [&](char c) {
    const bool found = text.starts_with(c);
    if (found) text.remove_prefix(1);
    return found;
  };
  format.has_sign = take('+');
  format.is_grouped = take(',');
  if (take('.')) {
    int places = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
      places = places * 10 + (text[digits] - '0');
      if (digits == 2) return std::nullopt;
    }
    if (digits == 0 || places > Decimal::kMaxPlaces) return std::nullopt;
    text.remove_prefix(digits);
    format.places = places;
  }
  take('f');
  if (!text.empty()) return std::nullopt;
  return format;
}

void group_thousands(std::string& text) {
  const std::size_t begin = text.starts_with('-') ? 1 : 0;
  std::size_t at = std::min(text.find('.'), text.size());
  while (at > begin + 3) {
    at -= 3;
    text.insert(at, 1, ',');
  }
}

std::string text_of(const Figure& figure, const Format& format) {
  if (!figure.known()) return "n/a";
  std::string text;
  if (figure.is_exact()) {
    text = format.places ? figure.exact().to_fixed(*format.places) : figure.exact().to_string();
  } else {
    text = format.places ? fmt::format("{:.{}f}", figure.value(), *format.places)
                         : fmt::format("{:.8g}", figure.value());
  }
  if (format.is_grouped) group_thousands(text);
  if (format.has_sign && !text.starts_with('-')) text.insert(0, 1, '+');
  return text;
}

std::string text_of(Word word, const MessageContext& context) {
  const Ticker& ticker = *context.reading.ticker;
  switch (word) {
    case Word::symbol:
      return std::string{ticker.symbol.text()};
    case Word::base:
      return std::string{ticker.symbol.base()};
    case Word::quote:
      return std::string{ticker.symbol.quote()};
    case Word::exchange:
      return std::string{ticker.exchange.text()};
    case Word::name:
      return std::string{context.name};
    case Word::when:
      return to_string(context.rule.condition);
    case Word::event:
      return context.event.kind == EventKind::fired ? "fired" : "resolved";
    case Word::time:
      return to_rfc3339(context.event.at);
    case Word::since:
      return to_rfc3339(context.event.since);
  }
  return "";
}

// The side of the first comparison that is compared with: the literal, or the right one.
const Node* threshold_of(const Node& node) {
  const bool joins =
      node.op == Op::logical_not || node.op == Op::logical_and || node.op == Op::logical_or;
  if (!joins) {
    if (node.children.size() < 2) return nullptr;
    const bool reversed = node.children[0].op == Op::literal && node.children[1].op != Op::literal;
    return &node.children[reversed ? 0 : 1];
  }
  for (const Node& child : node.children) {
    if (const Node* const found = threshold_of(child)) return found;
  }
  return nullptr;
}

Figure threshold_figure(const MessageContext& context) {
  const Node* const node = threshold_of(context.rule.condition.root);
  return node == nullptr ? Figure{Gap::no_field} : figure_of(*node, context.reading);
}

}  // namespace

/// Reads a template from the left.
class MessageReader {
  using Kind = MessageTemplate::Kind;

 public:
  explicit MessageReader(std::string_view text) : text_{text} {}

  Result<MessageTemplate> run() && {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool doubled = at_ + 1 < text_.size() && text_[at_ + 1] == c;
      if ((c == '{' || c == '}') && doubled) {
        plain_ += c;
        at_ += 2;
      } else if (c == '{') {
        if (auto error = placeholder()) return *std::move(error);
      } else if (c == '}') {
        return error_at(at_ + 1, "no { for this }, write }} for a brace");
      } else {
        plain_ += c;
        ++at_;
      }
    }
    flush();
    return std::move(result_);
  }

 private:
  std::optional<Error> placeholder() {
    const std::size_t end = text_.find('}', at_);
    const std::size_t column = at_ + 1;
    if (end == std::string_view::npos) {
      return error_at(column, "no } for this {, write {{ for a brace");
    }
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    const std::size_t colon = std::min(inside.find(':'), inside.size());
    const std::string_view name = inside.substr(0, colon);
    flush();
    at_ = end + 1;
    if (colon == inside.size()) return field(name, column, Format{});
    if (find_word(name) != nullptr) {
      return error_at(column, btcw::quoted(name) + " is no number, and has no format");
    }
    const auto format = read_format(inside.substr(colon + 1));
    if (!format) {
      return error_at(column, "expected a format such as .2f, +.2f or ,.2f, found " +
                                  btcw::quoted(inside.substr(colon + 1)));
    }
    return field(name, column, *format);
  }

  std::optional<Error> field(std::string_view name, std::size_t column, const Format& format) {
    if (name == kThreshold) {
      result_.parts_.push_back({.kind = Kind::threshold, .format = format});
    } else if (const FieldWord* const known = find_field(name)) {
      result_.parts_.push_back({.kind = Kind::field, .field = known->field, .format = format});
    } else if (const Word* const word = find_word(name)) {
      result_.parts_.push_back({.kind = Kind::word, .word = *word});
    } else {
      return error_at(column, "no field " + btcw::quoted(name) + nearest_placeholder(name));
    }
    return std::nullopt;
  }

  void flush() {
    if (!plain_.empty()) result_.parts_.push_back({.plain = plain_});
    plain_.clear();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string plain_;
  MessageTemplate result_;
};

Result<MessageTemplate> MessageTemplate::parse(std::string_view text) {
  if (text.size() > kLongest) {
    return Error{Errc::invalid_input, "message of more than 4000 bytes"};
  }
  return MessageReader{text}.run();
}

std::string MessageTemplate::render(const MessageContext& context) const {
  std::string text;
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Kind::plain:
        text += part.plain;
        break;
      case Kind::word:
        text += text_of(part.word, context);
        break;
      case Kind::field:
        text += text_of(figure_of(part.field, context.reading), part.format);
        break;
      case Kind::threshold:
        text += text_of(threshold_figure(context), part.format);
        break;
    }
  }
  return text;
}

}  // namespace btcw::rules
