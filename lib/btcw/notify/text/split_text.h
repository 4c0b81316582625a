#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/notify/text/text_cost.h"

namespace btcw {

struct SplitLimits {
  std::size_t first;  ///< what the first piece may cost (a title stands above it)
  std::size_t rest;   ///< what every further piece may cost
  TextCost cost;
  std::size_t max_pieces = 10;  ///< the last of them ends with "…" when more would follow
};

/// `text` in pieces that keep the limits, cut at the last line end that fits, else at the last
/// space, else between two characters; never inside a UTF-8 sequence, and between a letter and its
/// accents or the parts of one emoji only where a piece has no other place. The line end or space
/// of a cut is left out. Escaping comes afterwards, so that no cut lies in an entity or a tag: the
/// cost of a character is what it costs escaped.
/// Always at least one piece. Precondition: `text` is clean_text(); no character costs more than
/// `first` or `rest`.
[[nodiscard]] std::vector<std::string> split_text(std::string_view text, const SplitLimits& limits);

/// `text`, or as much of its start as leaves room for "…" behind it.
[[nodiscard]] std::string truncate_text(std::string_view text, std::size_t limit, TextCost cost);

}  // namespace btcw
