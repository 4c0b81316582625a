#include "btcw/market/exchanges/spelling.h"

namespace btcw {

std::string joined(const Symbol& symbol, std::string_view by) {
  return std::string{symbol.base()}.append(by).append(symbol.quote());
}

std::string lower_case(std::string_view text) {
  std::string out{text};
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace btcw
