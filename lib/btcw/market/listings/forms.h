#pragma once

#include <array>
#include <span>
#include <string_view>

namespace btcw {

/// How the rows of an exchange's list stand in its answer.
enum class ListingShape {
  rows,        ///< an array of objects
  named_rows,  ///< an object of objects
  names,       ///< an array of texts, or of arrays of them, each naming a pair
  currencies,  ///< an array of currencies that every known coin is quoted in
};

/// How an exchange tells its pairs. Empty keys: it does not say.
struct ListingForm {
  std::string_view exchange;
  std::string_view target;
  ListingShape shape = ListingShape::rows;
  std::array<std::string_view, 2> path = {};  ///< members on the way to the rows
  std::string_view base = {};  ///< key of the base; of the whole pair without `quote`
  std::string_view quote = {};
  std::string_view state = {};    ///< key of the state: a word, or true where it is traded
  std::string_view trading = {};  ///< words between bars: "TRADING|1"
  std::string_view halted = {};   ///< likewise; any other word means delisted
  std::string_view kind = {};     ///< key of what a row is; only those of `spot` count
  std::string_view spot = {};
};

std::span<const ListingForm> listing_forms();
/// nullptr when there is none of that name.
const ListingForm* find_listing_form(std::string_view exchange);

}  // namespace btcw
