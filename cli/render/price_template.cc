#include "render/price_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "btcw/base/symbol.h"

namespace btcw::cli {
namespace {

Error refuse(std::string message) { return {Errc::invalid_input, std::move(message)}; }

Result<const PriceField*> find_field(std::string_view name) {
  std::vector<std::string_view> known;
  for (const PriceField& field : price_fields()) {
    if (field.name == name) return &field;
    known.push_back(field.name);
  }
  const std::vector<std::string> near = nearest(name, known, 1);
  if (!near.empty()) {
    return refuse(fmt::format("unknown field '{}': did you mean '{}'?", name, near.front()));
  }
  return refuse(
      fmt::format("unknown field '{}': there are {}", name.substr(0, 40), fmt::join(known, ", ")));
}

std::optional<char> escaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '\\':
      return '\\';
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<PriceTemplate::Piece> PriceTemplate::parse_field(std::string_view inside) {
  const std::size_t colon = std::min(inside.find(':'), inside.size());
  const auto field = find_field(inside.substr(0, colon));
  if (!field) return field.error();
  const std::string_view format = inside.substr(std::min(colon + 1, inside.size()));
  auto spec = FormatSpec::parse(format, (*field)->kind);
  if (!spec) return std::move(spec).error().within((*field)->name);
  return Piece{.field = *field, .spec = *spec};
}

Result<PriceTemplate> PriceTemplate::parse(std::string_view text) {
  PriceTemplate parsed;
  std::string words;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '\\') {
      const auto character = escaped(next);
      if (!character) {
        return refuse(fmt::format("only \\n, \\t and \\\\ are escapes: '{}'", text.substr(i, 2)));
      }
      words += *character;
      ++i;
    } else if ((c == '{' || c == '}') && next == c) {
      words += c;
      ++i;
    } else if (c == '}') {
      return refuse("a '}' without its '{': write '}}' for a brace");
    } else if (c == '{') {
      const std::size_t end = text.find('}', i);
      if (end == std::string_view::npos) {
        return refuse("a '{' without its '}': write '{{' for a brace");
      }
      auto piece = parse_field(text.substr(i + 1, end - i - 1));
      if (!piece) return std::move(piece).error();
      piece->text = std::exchange(words, {});
      parsed.pieces_.push_back(*std::move(piece));
      i = end;
    } else {
      words += c;
    }
  }
  parsed.pieces_.push_back({.text = std::move(words)});
  return parsed;
}

std::string PriceTemplate::render(const PriceRow& row) const {
  std::string line;
  for (const Piece& piece : pieces_) {
    line += piece.text;
    if (piece.field != nullptr) line += piece.spec.apply(piece.field->value(row));
  }
  return line;
}

}  // namespace btcw::cli
