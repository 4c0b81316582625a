#include "btcw/market/exchanges/asset_codes.h"

#include <array>

namespace btcw {
namespace {

struct AssetCode {
  std::string_view exchange;
  std::string_view unified;
  std::string_view own;
};

// UST is Tether at bitfinex, not the other coin that once had this name.
constexpr std::array kCodes{
    AssetCode{"kraken", "BTC", "XBT"},    AssetCode{"kraken", "DOGE", "XDG"},
    AssetCode{"bitfinex", "USDT", "UST"}, AssetCode{"bitfinex", "USDC", "UDC"},
    AssetCode{"bitfinex", "TUSD", "TSD"}, AssetCode{"bitfinex", "EURT", "EUT"},
    AssetCode{"bitfinex", "WBTC", "WBT"}, AssetCode{"bitfinex", "BCH", "BCHN"},
    AssetCode{"bitfinex", "DASH", "DSH"}, AssetCode{"bitfinex", "IOTA", "IOT"},
    AssetCode{"bitfinex", "QTUM", "QTM"}, AssetCode{"bitfinex", "ALGO", "ALG"},
    AssetCode{"bitfinex", "ATOM", "ATO"}, AssetCode{"bitfinex", "MANA", "MNA"},
};

}  // namespace

std::string_view own_code(std::string_view exchange, std::string_view unified) {
  for (const AssetCode& each : kCodes) {
    if (each.exchange == exchange && each.unified == unified) return each.own;
  }
  return unified;
}

std::string_view unified_code(std::string_view exchange, std::string_view own) {
  for (const AssetCode& each : kCodes) {
    if (each.exchange == exchange && each.own == own) return each.unified;
  }
  return own;
}

}  // namespace btcw
