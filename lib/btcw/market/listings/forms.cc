#include "btcw/market/listings/forms.h"

#include <algorithm>

namespace btcw {
namespace {

constexpr ListingForm binance_form(std::string_view exchange) {
  return {.exchange = exchange,
          .target = "/api/v3/exchangeInfo?permissions=SPOT&showPermissionSets=false",
          .path = {"symbols"},
          .base = "baseAsset",
          .quote = "quoteAsset",
          .state = "status",
          .trading = "TRADING",
          .halted = "HALT|BREAK|PRE_TRADING|POST_TRADING|END_OF_DAY|AUCTION_MATCH"};
}

constexpr std::array kForms{
    binance_form("binance"),
    binance_form("binanceus"),
    ListingForm{.exchange = "coinbase",
                .target = "/products",
                .base = "base_currency",
                .quote = "quote_currency",
                .state = "status",
                .trading = "online",
                .halted = "offline|internal"},
    ListingForm{
        .exchange = "kraken",
        .target = "/0/public/AssetPairs",
        .shape = ListingShape::named_rows,
        .path = {"result"},
        .base = "wsname",
        .state = "status",
        .trading = "online",
        .halted = "cancel_only|post_only|limit_only|reduce_only|maintenance|work_in_progress"},
    ListingForm{.exchange = "okx",
                .target = "/api/v5/public/instruments?instType=SPOT",
                .path = {"data"},
                .base = "baseCcy",
                .quote = "quoteCcy",
                .state = "state",
                .trading = "live",
                .halted = "suspend|preopen|test|rebase|post_only"},
    ListingForm{.exchange = "bybit",
                .target = "/v5/market/instruments-info?category=spot",
                .path = {"result", "list"},
                .base = "baseCoin",
                .quote = "quoteCoin",
                .state = "status",
                .trading = "Trading",
                .halted = "PreLaunch|Delivering"},
    ListingForm{.exchange = "bitstamp",
                .target = "/api/v2/trading-pairs-info/",
                .base = "name",
                .state = "trading",
                .trading = "Enabled",
                .halted = "Disabled"},
    ListingForm{.exchange = "gemini", .target = "/v1/symbols", .shape = ListingShape::names},
    ListingForm{.exchange = "kucoin",
                .target = "/api/v2/symbols",
                .path = {"data"},
                .base = "baseCurrency",
                .quote = "quoteCurrency",
                .state = "enableTrading"},
    ListingForm{.exchange = "gate",
                .target = "/api/v4/spot/currency_pairs",
                .base = "base",
                .quote = "quote",
                .state = "trade_status",
                .trading = "tradable|buyable|sellable",
                .halted = "untradable"},
    ListingForm{.exchange = "htx",
                .target = "/v1/common/symbols",
                .path = {"data"},
                .base = "base-currency",
                .quote = "quote-currency",
                .state = "state",
                .trading = "online",
                .halted = "suspend|pre-online|transfer-board|fuse"},
    ListingForm{.exchange = "bitfinex",
                .target = "/v2/conf/pub:list:pair:exchange",
                .shape = ListingShape::names},
    ListingForm{.exchange = "mexc",
                .target = "/api/v3/exchangeInfo",
                .path = {"symbols"},
                .base = "baseAsset",
                .quote = "quoteAsset",
                .state = "status",
                .trading = "1|ENABLED",
                .halted = "2|PAUSE"},
    ListingForm{.exchange = "bitget",
                .target = "/api/v2/spot/public/symbols",
                .path = {"data"},
                .base = "baseCoin",
                .quote = "quoteCoin",
                .state = "status",
                .trading = "online",
                .halted = "halt|gray"},
    ListingForm{.exchange = "cryptocom",
                .target = "/exchange/v1/public/get-instruments",
                .path = {"result", "data"},
                .base = "base_ccy",
                .quote = "quote_ccy",
                .state = "tradable",
                .kind = "inst_type",
                .spot = "CCY_PAIR"},
    ListingForm{.exchange = "coingecko",
                .target = "/api/v3/simple/supported_vs_currencies",
                .shape = ListingShape::currencies},
};

}  // namespace

std::span<const ListingForm> listing_forms() { return kForms; }

const ListingForm* find_listing_form(std::string_view exchange) {
  const auto found =
      std::find_if(kForms.begin(), kForms.end(),
                   [exchange](const ListingForm& each) { return each.exchange == exchange; });
  return found == kForms.end() ? nullptr : &*found;
}

}  // namespace btcw
