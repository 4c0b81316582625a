// https://docs.coingecko.com/reference/coins-list
#include "btcw/market/exchanges/coin_ids.h"

#include <algorithm>
#include <array>

namespace btcw {
namespace {

struct CoinId {
  std::string_view code;
  std::string_view id;
};

// Sorted by code.
constexpr std::array<CoinId, 134> kIds{{
    {"1INCH", "1inch"},
    {"AAVE", "aave"},
    {"ADA", "cardano"},
    {"AKT", "akash-network"},
    {"ALGO", "algorand"},
    {"ANKR", "ankr"},
    {"APE", "apecoin"},
    {"APT", "aptos"},
    {"AR", "arweave"},
    {"ARB", "arbitrum"},
    {"ATOM", "cosmos"},
    {"AVAX", "avalanche-2"},
    {"AXS", "axie-infinity"},
    {"BAT", "basic-attention-token"},
    {"BCH", "bitcoin-cash"},
    {"BGB", "bitget-token"},
    {"BLUR", "blur"},
    {"BNB", "binancecoin"},
    {"BONK", "bonk"},
    {"BSV", "bitcoin-cash-sv"},
    {"BTC", "bitcoin"},
    {"BTT", "bittorrent"},
    {"CAKE", "pancakeswap-token"},
    {"CELO", "celo"},
    {"CFX", "conflux-token"},
    {"CHZ", "chiliz"},
    {"COMP", "compound-governance-token"},
    {"CRO", "crypto-com-chain"},
    {"CRV", "curve-dao-token"},
    {"CVX", "convex-finance"},
    {"DAI", "dai"},
    {"DASH", "dash"},
    {"DOGE", "dogecoin"},
    {"DOT", "polkadot"},
    {"DYDX", "dydx-chain"},
    {"EGLD", "elrond-erd-2"},
    {"ENA", "ethena"},
    {"ENJ", "enjincoin"},
    {"ENS", "ethereum-name-service"},
    {"EOS", "eos"},
    {"ETC", "ethereum-classic"},
    {"ETH", "ethereum"},
    {"FDUSD", "first-digital-usd"},
    {"FIL", "filecoin"},
    {"FLOKI", "floki"},
    {"FLOW", "flow"},
    {"FTM", "fantom"},
    {"GALA", "gala"},
    {"GMX", "gmx"},
    {"GNO", "gnosis"},
    {"GRT", "the-graph"},
    {"HBAR", "hedera-hashgraph"},
    {"HYPE", "hyperliquid"},
    {"ICP", "internet-computer"},
    {"ICX", "icon"},
    {"IMX", "immutable-x"},
    {"INJ", "injective-protocol"},
    {"IOTA", "iota"},
    {"JASMY", "jasmycoin"},
    {"JUP", "jupiter-exchange-solana"},
    {"KAS", "kaspa"},
    {"KAVA", "kava"},
    {"KCS", "kucoin-shares"},
    {"KSM", "kusama"},
    {"LDO", "lido-dao"},
    {"LEO", "leo-token"},
    {"LINK", "chainlink"},
    {"LPT", "livepeer"},
    {"LRC", "loopring"},
    {"LTC", "litecoin"},
    {"LUNA", "terra-luna-2"},
    {"LUNC", "terra-luna"},
    {"MANA", "decentraland"},
    {"MASK", "mask-network"},
    {"MATIC", "matic-network"},
    {"MINA", "mina-protocol"},
    {"MKR", "maker"},
    {"MNT", "mantle"},
    {"NEAR", "near"},
    {"NEO", "neo"},
    {"NEXO", "nexo"},
    {"OKB", "okb"},
    {"ONDO", "ondo-finance"},
    {"ONT", "ontology"},
    {"OP", "optimism"},
    {"ORDI", "ordinals"},
    {"PAXG", "pax-gold"},
    {"PENDLE", "pendle"},
    {"PENGU", "pudgy-penguins"},
    {"PEPE", "pepe"},
    {"POL", "polygon-ecosystem-token"},
    {"PYTH", "pyth-network"},
    {"QNT", "quant-network"},
    {"QTUM", "qtum"},
    {"RENDER", "render-token"},
    {"ROSE", "oasis-network"},
    {"RPL", "rocket-pool"},
    {"RUNE", "thorchain"},
    {"RVN", "ravencoin"},
    {"SAND", "the-sandbox"},
    {"SEI", "sei-network"},
    {"SHIB", "shiba-inu"},
    {"SNX", "havven"},
    {"SOL", "solana"},
    {"STORJ", "storj"},
    {"STRK", "starknet"},
    {"STX", "blockstack"},
    {"SUI", "sui"},
    {"SUSHI", "sushi"},
    {"TAO", "bittensor"},
    {"THETA", "theta-token"},
    {"TIA", "celestia"},
    {"TON", "the-open-network"},
    {"TRUMP", "official-trump"},
    {"TRX", "tron"},
    {"TUSD", "true-usd"},
    {"UNI", "uniswap"},
    {"USDC", "usd-coin"},
    {"USDT", "tether"},
    {"VET", "vechain"},
    {"W", "wormhole"},
    {"WAVES", "waves"},
    {"WBTC", "wrapped-bitcoin"},
    {"WIF", "dogwifcoin"},
    {"WLD", "worldcoin-wld"},
    {"XEC", "ecash"},
    {"XLM", "stellar"},
    {"XMR", "monero"},
    {"XRP", "ripple"},
    {"XTZ", "tezos"},
    {"YFI", "yearn-finance"},
    {"ZEC", "zcash"},
    {"ZIL", "zilliqa"},
    {"ZRX", "0x"},
}};

static_assert(std::is_sorted(kIds.begin(), kIds.end(),
                             [](const CoinId& a, const CoinId& b) { return a.code < b.code; }));

constexpr auto kCodes = [] {
  std::array<std::string_view, kIds.size()> codes;
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = kIds[i].code;
  return codes;
}();

}  // namespace

std::span<const std::string_view> known_coin_codes() { return kCodes; }

std::string_view coin_id(std::string_view code) {
  const auto* const found = std::lower_bound(
      kIds.begin(), kIds.end(), code,
      [](const CoinId& each, std::string_view wanted) { return each.code < wanted; });
  return found != kIds.end() && found->code == code ? found->id : std::string_view{};
}

}  // namespace btcw
