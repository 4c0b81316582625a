#include "btcw/notify/text/split_text.h"

#include "btcw/base/utf8.h"

namespace btcw {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr char32_t kJoiner = 0x200D;

// Whether the character belongs to the one before it: accents, variation selectors, skin tones.
bool continues(char32_t character) {
  return (character >= 0x300 && character <= 0x36F) || character == kJoiner ||
         (character >= 0xFE00 && character <= 0xFE0F) || character == 0x20E3 ||
         (character >= 0x1F3FB && character <= 0x1F3FF);
}

// The places at which a piece could end.
struct Cuts {
  std::size_t line = 0;     // before a '\n'; 0: none
  std::size_t word = 0;     // before a space
  std::size_t cluster = 0;  // before a character that stands for itself
  std::size_t any = 0;      // before any character
};

// How many bytes of `text` fit, and the best cut among them. All of it fits: text.size().
std::size_t fitting_bytes(std::string_view text, std::size_t limit, TextCost cost, Cuts& cuts) {
  std::size_t used = 0;
  std::size_t at = 0;
  char32_t before = 0;
  while (at < text.size()) {
    const CodePoint next = decode_utf8(text.substr(at));
    if (next.value == U'\n') cuts.line = at;
    if (next.value == U' ' || next.value == U'\t') cuts.word = at;
    if (before != kJoiner && !continues(next.value)) cuts.cluster = at;
    cuts.any = at;
    used += cost(next.value);
    if (used > limit) return at;
    before = next.value;
    at += next.bytes == 0 ? 1 : next.bytes;
  }
  return at;
}

// A line end is worth a shorter piece, but not one of a few words only.
std::size_t best_cut(const Cuts& cuts, std::size_t fitting) {
  if (cuts.line > 0 && cuts.line >= fitting / 4) return cuts.line;
  if (cuts.word > 0 && cuts.word >= fitting / 4) return cuts.word;
  if (cuts.cluster > 0) return cuts.cluster;
  return cuts.any;
}

}  // namespace

std::vector<std::string> split_text(std::string_view text, const SplitLimits& limits) {
  std::vector<std::string> pieces;
  while (true) {
    const std::size_t limit = pieces.empty() ? limits.first : limits.rest;
    if (pieces.size() + 1 == limits.max_pieces) {
      pieces.push_back(truncate_text(text, limit, limits.cost));
      return pieces;
    }
    Cuts cuts;
    const std::size_t fitting = fitting_bytes(text, limit, limits.cost, cuts);
    if (fitting == text.size()) {
      pieces.emplace_back(text);
      return pieces;
    }
    std::size_t cut = best_cut(cuts, fitting);
    // Not even one character fits: the precondition does not hold, but an end must.
    if (cut == 0) cut = decode_utf8(text).bytes;
    pieces.emplace_back(text.substr(0, text.find_last_not_of(" \t\n", cut - 1) + 1));
    text.remove_prefix(cut);
    // Of several line ends in a row the rest would be an empty head of the next piece.
    text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
  }
}

std::string truncate_text(std::string_view text, std::size_t limit, TextCost cost) {
  Cuts whole;
  if (fitting_bytes(text, limit, cost, whole) == text.size()) return std::string{text};
  const std::size_t ellipsis = total_cost(kEllipsis, cost);
  if (limit < ellipsis) return {};
  Cuts cuts;
  fitting_bytes(text, limit - ellipsis, cost, cuts);
  std::string out{text.substr(0, cuts.cluster > 0 ? cuts.cluster : cuts.any)};
  while (!out.empty() && (out.back() == ' ' || out.back() == '\n' || out.back() == '\t')) {
    out.pop_back();
  }
  return out.append(kEllipsis);
}

}  // namespace btcw
