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

Result<PriceTemplate> PriceTemplate::parse(std::string_view text) {
  PriceTemplate parsed;
  Piece piece;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '\\') {
      const auto character = escaped(next);
      if (!character)
        return refuse(fmt::format("only \\n, \\t and \\\\ are escapes: '{}'", text.substr(i, 2)));
      piece.text += *character;
      ++i;
    } else if ((c == '{' || c == '}') && next == c) {
      piece.text += c;
      ++i;
    } else if (c == '}') {
      return refuse("a '}' without its '{': write '}}' for a brace");
    } else if (c == '{') {
      const std::size_t end = text.find('}', i);
      if (end == std::string_view::npos) {
        return refuse("a '{' without its '}': write '{{' for a brace");
      }
      const std::string_view inside = text.substr(i + 1, end - i - 1);
      const std::size_t colon = std::min(inside.find(':'), inside.size());
      const auto field = find_field(inside.substr(0, colon));
      if (!field) return field.error();
      const auto spec =
          FormatSpec::parse(inside.substr(std::min(colon + 1, inside.size())), (*field)->kind);
      if (!spec) return Error{spec.error()}.within((*field)->name);
      piece.field = *field;
      piece.spec = *spec;
      parsed.pieces_.push_back(std::exchange(piece, {}));
      i = end;
    } else {
      piece.text += c;
    }
  }
  parsed.pieces_.push_back(std::move(piece));
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
