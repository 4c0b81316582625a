// What the refusals mean of exchanges that give a text with them, a page, or a list.
#include <catch2/catch.hpp>

#include "market_refusals.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

TEST_CASE("a refusal in words tells what to do about it, and until when") {
  check_refusal(GENERATE(values<RefusalCase>({
      {"no such product", "coinbase", 404, R"({"message":"NotFound"})", Errc::not_found},
      {"limit", "coinbase", 429, R"({"message":"Public rate limit exceeded"})", Errc::rate_limited,
       5},
      {"limit with a time", "coinbase", 429, "", Errc::rate_limited, 2, {{"retry-after", "2"}}},
      {"no user agent", "coinbase", 400, R"({"message":"User-Agent header is required."})",
       Errc::rejected},
      {"region", "coinbase", 451, "", Errc::rejected},
      {"down", "coinbase", 500, R"({"message":"Internal server error"})", Errc::unavailable},

      {"unknown pair", "kraken", 200, R"({"error":["EQuery:Unknown asset pair"]})",
       Errc::not_found},
      {"invalid pair", "kraken", 200, R"({"error":["EQuery:Invalid asset pair"]})",
       Errc::not_found},
      {"limit", "kraken", 200, R"({"error":["EAPI:Rate limit exceeded"]})", Errc::rate_limited, 15},
      {"limit, told otherwise",
       "kraken",
       200,
       R"({"error":["EGeneral:Too many requests"]})",
       Errc::rate_limited,
       40,
       {{"retry-after", "40"}}},
      {"lockout", "kraken", 200, R"({"error":["EGeneral:Temporary lockout"]})", Errc::rate_limited,
       900},
      {"maintenance", "kraken", 200, R"({"error":["EService:Unavailable"]})", Errc::unavailable},
      {"busy", "kraken", 200, R"({"error":["EService:Busy"]})", Errc::unavailable},
      {"broken inside", "kraken", 200, R"({"error":["EGeneral:Internal error"]})",
       Errc::unavailable},
      {"another refusal", "kraken", 200, R"({"error":["EGeneral:Permission denied"]})",
       Errc::rejected},
      {"an error beside a result", "kraken", 200,
       R"({"error":["EService:Busy"],"result":{"XXBTZUSD":{"c":["1"]}}})", Errc::unavailable},
      {"a result without the errors", "kraken", 200, R"({"result":{"XXBTZUSD":{"c":["1"]}}})",
       Errc::bad_data},
      {"errors without a result", "kraken", 200, R"({"error":[]})", Errc::bad_data},
      {"429 at the gate", "kraken", 429, "", Errc::rate_limited, 9, {{"retry-after", "9"}}},
      {"gateway", "kraken", 520, "<html>", Errc::unavailable},

      {"unknown pair", "bitstamp", 404, "<!DOCTYPE html>", Errc::not_found},
      {"unknown pair, told", "bitstamp", 400,
       R"({"response_code":"404.002","response_explanation":"x"})", Errc::not_found},
      {"limit", "bitstamp", 400, R"({"response_code":"400.002","response_explanation":"x"})",
       Errc::rate_limited, 60},
      {"limit",
       "bitstamp",
       400,
       R"({"response_code":"400.067"})",
       Errc::rate_limited,
       7,
       {{"retry-after", "7"}}},
      {"limit", "bitstamp", 200, R"({"response_code":"400.068"})", Errc::rate_limited, 60},
      {"refused", "bitstamp", 400, R"({"status":"error","reason":"x","code":"API0001"})",
       Errc::rejected},
      {"broken inside", "bitstamp", 200, R"({"response_code":"500.001"})", Errc::unavailable},
      {"a list for one pair", "bitstamp", 200, R"([{"last":"1","pair":"BTC/USD"}])",
       Errc::bad_data},

      {"unknown pair", "gemini", 400,
       R"({"result":"error","reason":"Bad Request","message":"Supplied value 'nopeusd' is not a valid symbol"})",
       Errc::not_found},
      {"unknown pair, by its reason", "gemini", 400,
       R"({"result":"error","reason":"InvalidSymbol"})", Errc::not_found},
      {"limit", "gemini", 429, R"({"result":"error","reason":"RateLimit"})", Errc::rate_limited,
       60},
      {"limit in the body alone",
       "gemini",
       200,
       R"({"result":"error","reason":"RateLimited"})",
       Errc::rate_limited,
       3,
       {{"retry-after", "3"}}},
      {"maintenance", "gemini", 400, R"({"result":"error","reason":"Maintenance"})",
       Errc::unavailable},
      {"another refusal", "gemini", 400, R"({"result":"error","reason":"InvalidNonce"})",
       Errc::rejected},
      {"a list for one pair", "gemini", 200, R"([{"pair":"BTCUSD","price":"1"}])", Errc::bad_data},

      {"unknown pair", "gate", 400, R"({"label":"INVALID_CURRENCY_PAIR","message":"x"})",
       Errc::not_found},
      {"unknown code", "gate", 400, R"({"label":"INVALID_CURRENCY","message":"x"})",
       Errc::not_found},
      {"limit with its end",
       "gate",
       429,
       R"({"label":"TOO_MANY_REQUESTS","message":"x"})",
       Errc::rate_limited,
       7,
       {{"x-gate-ratelimit-reset-timestamp", "1732290008"}}},
      {"limit", "gate", 429, "", Errc::rate_limited, 10},
      {"limit in the body alone", "gate", 400, R"({"label":"TOO_MANY_REQUESTS"})",
       Errc::rate_limited, 10},
      {"broken inside", "gate", 400, R"({"label":"SERVER_ERROR"})", Errc::unavailable},
      {"another refusal", "gate", 400, R"({"label":"INVALID_PARAM_VALUE"})", Errc::rejected},
      {"an object for the list", "gate", 200, R"({"currency_pair":"BTC_USD","last":"1"})",
       Errc::bad_data},

      {"unknown pair", "htx", 200,
       R"({"status":"error","err-code":"invalid-parameter","err-msg":"invalid symbol"})",
       Errc::not_found},
      {"unknown pair, by its code", "htx", 200,
       R"({"status":"error","err-code":"base-symbol-error","err-msg":""})", Errc::not_found},
      {"limit", "htx", 200, R"({"status":"error","err-code":"x","err-msg":"429 too many request"})",
       Errc::rate_limited, 20},
      {"maintenance", "htx", 200,
       R"({"status":"error","err-code":"x","err-msg":"under maintenance"})", Errc::unavailable},
      {"broken inside", "htx", 200,
       R"({"status":"error","err-code":"gateway-internal-error","err-msg":"x"})",
       Errc::unavailable},
      {"another refusal", "htx", 200,
       R"({"status":"error","err-code":"bad-request","err-msg":"x"})", Errc::rejected},
      {"no status", "htx", 200, R"({"ch":"market.btcusd.detail.merged","tick":{"close":1}})",
       Errc::bad_data},
      {"no channel", "htx", 200, R"({"status":"ok","tick":{"close":1}})", Errc::bad_data},
      {"another channel", "htx", 200,
       R"({"status":"ok","ch":"market.btcusdt.detail.merged","tick":{"close":1}})", Errc::bad_data},
      {"no tick", "htx", 200, R"({"status":"ok","ch":"market.btcusd.detail.merged"})",
       Errc::bad_data},

      {"unknown pair, as a 500", "bitfinex", 500, R"(["error",10020,"symbol: invalid"])",
       Errc::not_found},
      {"another parameter", "bitfinex", 500, R"(["error",10020,"limit: invalid"])", Errc::rejected},
      {"limit", "bitfinex", 429, R"(["error",11010,"ratelimit: error"])", Errc::rate_limited, 60},
      {"limit, as a 500",
       "bitfinex",
       500,
       R"(["error",11010,"ratelimit: error"])",
       Errc::rate_limited,
       8,
       {{"retry-after", "8"}}},
      {"maintenance", "bitfinex", 503, R"(["error",20060,"maintenance"])", Errc::unavailable},
      {"another error", "bitfinex", 500, R"(["error",10114,"nonce: small"])", Errc::rejected},
      {"an error without a code", "bitfinex", 500, R"(["error"])", Errc::rejected},
      {"an error with odd members", "bitfinex", 500, R"(["error",{},[]])", Errc::rejected},
      {"too few columns", "bitfinex", 200, "[1,2,3]", Errc::bad_data},
      {"an empty list", "bitfinex", 200, "[]", Errc::bad_data},

      {"limit", "coingecko", 429, R"({"status":{"error_code":429,"error_message":"x"}})",
       Errc::rate_limited, 60},
      {"limit in the body alone",
       "coingecko",
       200,
       R"({"status":{"error_code":429,"error_message":"x"}})",
       Errc::rate_limited,
       119,
       {{"retry-after", "119"}}},
      {"broken inside", "coingecko", 200, R"({"status":{"error_code":500,"error_message":"x"}})",
       Errc::unavailable},
      {"a key is needed", "coingecko", 401,
       R"({"status":{"error_code":10002,"error_message":"x"}})", Errc::rejected},
      {"another refusal", "coingecko", 422, R"({"error":"Missing parameter vs_currencies"})",
       Errc::rejected},
      {"another coin", "coingecko", 200, R"({"ethereum":{"usd":1}})", Errc::bad_data},
      {"a list", "coingecko", 200, R"([{"bitcoin":{"usd":1}}])", Errc::bad_data},
  })));
}

TEST_CASE("every exchange takes the usual statuses for what they are") {
  struct StatusCase {
    int status;
    Errc code;
  };
  const auto row = GENERATE(values<StatusCase>({{429, Errc::rate_limited},
                                                {418, Errc::rate_limited},
                                                {408, Errc::unavailable},
                                                {425, Errc::unavailable},
                                                {500, Errc::unavailable},
                                                {502, Errc::unavailable},
                                                {503, Errc::unavailable},
                                                {504, Errc::unavailable},
                                                {451, Errc::rejected}}));
  for (const Exchange& exchange : exchanges()) {
    CAPTURE(exchange.name, row.status);
    const RestCall call = exchange.calls(symbols({"BTC/USD"})).front();

    const auto read =
        exchange.read(call, answer(row.status, "<html>x</html>", {{"retry-after", "33"}}));

    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == row.code);
    CHECK(read.error().retry_at.has_value() == (row.code == Errc::rate_limited));
    if (row.code == Errc::rate_limited) CHECK(read.error().retry_at == kReceived + seconds{33});
  }
}
