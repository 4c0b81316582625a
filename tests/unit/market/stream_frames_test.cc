#include <catch2/catch.hpp>

#include "btcw/market/stream.h"
#include "support/http_server.h"

using namespace btcw;

namespace {

const UtcTime kNow = from_unix_ms(1'732'290'000'999);

std::unique_ptr<StreamReader> reader_of(const ExchangeStream& stream) {
  auto reader = stream.make_reader(ExchangeName::parse(stream.name).value());
  const std::vector symbols{Symbol::of("BTC", "USDT").value(), Symbol::of("ETH", "USD").value()};
  reader->add(symbols);
  return reader;
}

}  // namespace

TEST_CASE("every stream subscribes in its own words") {
  struct Row {
    std::string exchange;
    std::vector<std::string> messages;
  };
  const std::vector<Row> rows{
      {"binance",
       {R"({"method":"SUBSCRIBE","params":["btcusdt@ticker","dogeusd@ticker"],"id":5})"}},
      {"okx",
       {R"({"op":"subscribe","args":[{"channel":"tickers","instId":"BTC-USDT"},)"
        R"({"channel":"tickers","instId":"DOGE-USD"}]})"}},
      {"bybit",
       {R"({"req_id":"5","op":"subscribe","args":["tickers.BTCUSDT","tickers.DOGEUSD",)"
        R"("orderbook.1.BTCUSDT","orderbook.1.DOGEUSD"]})"}},
      {"kraken",
       {R"({"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USDT","DOGE/USD"],)"
        R"("event_trigger":"bbo","snapshot":true},"req_id":5})"}},
      {"coinbase",
       {R"({"type":"subscribe","product_ids":["BTC-USDT","DOGE-USD"],"channels":["ticker"]})"}},
      {"bitget",
       {R"({"op":"subscribe","args":[{"instType":"SPOT","channel":"ticker","instId":"BTCUSDT"},)"
        R"({"instType":"SPOT","channel":"ticker","instId":"DOGEUSD"}]})"}},
      {"gate",
       {R"({"time":1732290000,"channel":"spot.tickers","event":"subscribe",)"
        R"("payload":["BTC_USDT","DOGE_USD"]})"}},
      {"kucoin",
       {R"({"id":"5","type":"subscribe","topic":"/market/ticker:BTC-USDT,DOGE-USD",)"
        R"("response":true})",
        R"({"id":"6","type":"subscribe","topic":"/market/snapshot:BTC-USDT,DOGE-USD",)"
        R"("response":true})"}},
      {"bitfinex",
       {R"({"event":"subscribe","channel":"ticker","symbol":"tBTCUST"})",
        R"({"event":"subscribe","channel":"ticker","symbol":"tDOGE:USD"})"}},
      {"cryptocom",
       {R"({"id":5,"method":"subscribe","params":{"channels":["ticker.BTC_USDT",)"
        R"("ticker.DOGE_USD"]},"nonce":1732290000999})"}},
      {"htx",
       {R"({"sub":"market.btcusdt.ticker","id":"5"})",
        R"({"sub":"market.dogeusd.ticker","id":"6"})"}},
      {"bitstamp",
       {R"({"event":"bts:subscribe","data":{"channel":"live_trades_btcusdt"}})",
        R"({"event":"bts:subscribe","data":{"channel":"order_book_btcusdt"}})",
        R"({"event":"bts:subscribe","data":{"channel":"live_trades_dogeusd"}})",
        R"({"event":"bts:subscribe","data":{"channel":"order_book_dogeusd"}})"}},
      {"gemini",
       {R"({"id":"5","method":"subscribe","params":["btcusdt@bookTicker","dogeusd@bookTicker",)"
        R"("btcusdt@trade","dogeusd@trade"]})"}},
      {"mexc",
       {R"({"method":"SUBSCRIPTION","params":["spot@public.miniTicker.v3.api.pb@BTCUSDT@24H",)"
        R"("spot@public.miniTicker.v3.api.pb@DOGEUSD@24H",)"
        R"("spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT",)"
        R"("spot@public.aggre.bookTicker.v3.api.pb@100ms@DOGEUSD"],"id":5})"}},
  };
  const std::vector symbols{Symbol::of("BTC", "USDT").value(), Symbol::of("DOGE", "USD").value()};
  for (const Row& row : rows) {
    CAPTURE(row.exchange);
    CHECK(find_stream(row.exchange)->subscribe(symbols, {5, kNow}) == row.messages);
  }
  CHECK(rows.size() + 1 == exchange_streams().size());  // binanceus speaks as binance does
}

TEST_CASE("every stream's own pings are in its own words") {
  struct Row {
    std::string exchange;
    std::string text;
  };
  const std::vector<Row> rows{
      {"okx", "ping"},
      {"bitget", "ping"},
      {"bybit", R"({"req_id":"9","op":"ping"})"},
      {"kraken", R"({"method":"ping","req_id":9})"},
      {"gate", R"({"time":1732290000,"channel":"spot.ping"})"},
      {"kucoin", R"({"id":"9","type":"ping"})"},
      {"bitfinex", R"({"event":"ping","cid":9})"},
      {"bitstamp", R"({"event":"bts:heartbeat"})"},
      {"mexc", R"({"method":"PING"})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.exchange);
    CHECK(find_stream(row.exchange)->ping({9, kNow}) == row.text);
  }
}

TEST_CASE("frames that are no prices are understood") {
  using Kind = StreamNewsKind;
  struct Row {
    std::string exchange;
    std::string frame;
    Kind kind;
    std::string reply = {};
    std::string symbol = {};  ///< of a refusal
  };
  const std::vector<Row> rows{
      {"binance", R"({"result":null,"id":1})", Kind::accepted},
      {"binance", R"({"error":{"code":2,"msg":"Invalid request"},"id":1})", Kind::refused},
      {"binance", R"({"code":2,"msg":"Invalid request"})", Kind::refused},
      {"binance", R"({"e":"serverShutdown","E":1})", Kind::reconnect},
      {"binanceus", R"({"e":"depthUpdate","s":"BTCUSDT"})", Kind::idle},
      {"okx", "pong", Kind::idle},
      {"okx", R"({"event":"subscribe","arg":{"channel":"tickers"},"connId":"1"})", Kind::accepted},
      {"okx", R"({"event":"notice","code":"64008","msg":"closed soon"})", Kind::reconnect},
      {"okx",
       R"({"event":"error","code":"60018","msg":"Wrong: instId:BTC-USDT doesn't exist."})",
       Kind::refused,
       {},
       "BTC/USDT"},
      {"bybit", R"({"success":true,"ret_msg":"pong","conn_id":"1","op":"ping"})", Kind::idle},
      {"bybit", R"({"success":true,"ret_msg":"","conn_id":"1","op":"subscribe"})", Kind::accepted},
      {"bybit", R"({"success":false,"ret_msg":"Invalid symbol","op":"subscribe"})", Kind::refused},
      {"bybit", R"({"topic":"kline.1.BTCUSDT","ts":1,"data":{}})", Kind::idle},
      {"kraken", R"({"channel":"heartbeat"})", Kind::idle},
      {"kraken", R"({"method":"pong","req_id":1,"time_in":"x"})", Kind::idle},
      {"kraken", R"({"method":"subscribe","result":{"symbol":"BTC/USDT"},"success":true})",
       Kind::accepted},
      {"kraken",
       R"({"error":"Currency pair not supported ETH/USD","method":"subscribe","success":false})",
       Kind::refused,
       {},
       "ETH/USD"},
      {"kraken",
       R"({"error":"no","method":"subscribe","success":false,"symbol":"BTC/USDT"})",
       Kind::refused,
       {},
       "BTC/USDT"},
      {"kraken", R"({"channel":"status","type":"update","data":[{"system":"online"}]})",
       Kind::idle},
      {"kraken", R"({"channel":"status","type":"update","data":[{"system":"maintenance"}]})",
       Kind::maintenance},
      {"coinbase", R"({"type":"subscriptions","channels":[]})", Kind::accepted},
      {"coinbase", R"({"type":"match","product_id":"BTC-USDT","price":"1"})", Kind::idle},
      {"coinbase",
       R"({"type":"error","message":"Failed","reason":"ETH-USD is not a valid product"})",
       Kind::refused,
       {},
       "ETH/USD"},
      {"bitget", "pong", Kind::idle},
      {"bitget", R"({"event":"subscribe","arg":{"instId":"BTCUSDT"}})", Kind::accepted},
      {"bitget",
       R"({"event":"error","arg":{"instId":"BTCUSDT"},"code":30001,"msg":"no"})",
       Kind::refused,
       {},
       "BTC/USDT"},
      {"gate", R"({"time":1,"channel":"spot.pong","event":"","result":null})", Kind::idle},
      {"gate",
       R"({"channel":"spot.tickers","event":"subscribe","error":null,"result":{"status":"ok"}})",
       Kind::accepted},
      {"gate",
       R"({"channel":"spot.tickers","event":"subscribe","error":{"code":2,)"
       R"("message":"unknown currency pair: ETH_USD"}})",
       Kind::refused,
       {},
       "ETH/USD"},
      {"kucoin", R"({"id":"1","type":"welcome"})", Kind::ready},
      {"kucoin", R"({"id":"1","type":"ack"})", Kind::accepted},
      {"kucoin", R"({"id":"1","type":"pong"})", Kind::idle},
      {"kucoin",
       R"({"id":"1","type":"error","code":404,"data":"topic BTC-USDT is not found"})",
       Kind::refused,
       {},
       "BTC/USDT"},
      {"bitfinex", R"({"event":"info","version":2,"platform":{"status":0}})", Kind::maintenance},
      {"bitfinex", R"({"event":"info","version":2,"platform":{"status":1}})", Kind::idle},
      {"bitfinex", R"({"event":"info","code":20051,"msg":"restart"})", Kind::reconnect},
      {"bitfinex", R"({"event":"info","code":20060,"msg":"pause"})", Kind::maintenance},
      {"bitfinex", R"({"event":"info","code":20061,"msg":"go on"})", Kind::reconnect},
      {"bitfinex", R"([7,"hb"])", Kind::idle},
      {"bitfinex", R"({"event":"subscribed","chanId":7,"symbol":"tBTCUST"})", Kind::accepted},
      {"bitfinex",
       R"({"event":"error","msg":"symbol: invalid","code":10300,"symbol":"tETHUSD"})",
       Kind::refused,
       {},
       "ETH/USD"},
      {"bitfinex", R"({"event":"error","msg":"subscribe: dup","code":10301})", Kind::idle},
      {"cryptocom", R"({"id":17,"method":"public/heartbeat","code":0})", Kind::idle,
       R"({"id":17,"method":"public/respond-heartbeat"})"},
      {"cryptocom", R"({"id":1,"method":"subscribe","code":0})", Kind::accepted},
      {"cryptocom",
       R"({"id":1,"method":"subscribe","code":40003,"message":"Unknown symbol ETH_USD"})",
       Kind::refused,
       {},
       "ETH/USD"},
      {"bitstamp", R"({"event":"bts:heartbeat","data":{"status":"success"}})", Kind::idle},
      {"bitstamp", R"({"event":"bts:subscription_succeeded","channel":"x","data":{}})",
       Kind::accepted},
      {"bitstamp", R"({"event":"bts:request_reconnect","channel":"","data":""})", Kind::reconnect},
      {"bitstamp", R"({"event":"bts:error","data":{"code":null,"message":"Bad"}})", Kind::refused},
      {"gemini", R"({"id":"1","status":200})", Kind::accepted},
      {"gemini", R"({"id":"1","status":400,"error":{"code":-1013,"msg":"bad"}})", Kind::refused},
      {"mexc", R"({"id":0,"code":0,"msg":"PONG"})", Kind::idle},
      {"mexc", R"({"id":1,"code":0,"msg":"spot@public.miniTicker"})", Kind::accepted},
      {"mexc", R"({"id":1,"code":0,"msg":"Not Subscribed successfully! [x]. Reason: Blocked!"})",
       Kind::refused},
      {"htx", R"({"ping":1492420473027})", Kind::idle, R"({"pong":1492420473027})"},
      {"htx", R"({"id":"1","status":"ok","subbed":"market.btcusdt.ticker","ts":1})",
       Kind::accepted},
      {"htx",
       R"({"status":"error","err-code":"bad-request","err-msg":"invalid topic )"
       R"(market.ethusd.ticker"})",
       Kind::refused,
       {},
       "ETH/USD"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.exchange, row.frame);
    const auto reader = reader_of(*find_stream(row.exchange));
    const std::string frame =
        row.exchange == "htx" ? btcw::test::encode(row.frame, btcw::test::Coding::gzip) : row.frame;

    const auto news = reader->read(frame, kNow);

    REQUIRE(news.has_value());
    CHECK(news->kind == row.kind);
    CHECK(news->tickers.empty());
    CHECK(std::string{news->reply} == row.reply);
    CHECK(news->error.has_value() == (row.kind == Kind::refused));
    CHECK((news->symbol ? std::string{news->symbol->text()} : "") == row.symbol);
  }
}

TEST_CASE("frames that no exchange would send are refused as bad data") {
  struct Row {
    std::string exchange;
    std::string frame;
  };
  const std::vector<Row> rows{
      {"binance", "<html>"},
      {"binance", R"([1])"},
      {"binance", R"({"stream":"x","data":[]})"},
      {"okx", R"({"data":{}})"},
      {"okx", R"({"data":[1]})"},
      {"bybit", R"({"topic":"tickers.BTCUSDT","ts":1})"},
      {"bybit", R"({"topic":"tickers.BTCUSDT","ts":-1,"data":{}})"},
      {"bybit", R"({"topic":"orderbook.1.BTCUSDT","ts":1,"data":{"b":[["1"]],"a":[]}})"},
      {"kraken", R"({"channel":"ticker","data":[{"symbol":"BTC/USDT","last":"x"}]})"},
      {"coinbase", R"({"type":"ticker","product_id":"BTC-USDT","price":"x"})"},
      {"gate", R"({"channel":"spot.tickers","event":"update","time_ms":-5,"result":{}})"},
      {"kucoin", R"({"type":"message","topic":"/market/snapshot:BTC-USDT","data":{}})"},
      {"bitfinex", R"(["x",[1]])"},
      {"bitfinex", R"([1])"},
      {"cryptocom", R"({"method":"public/heartbeat","id":"x"})"},
      {"htx", R"({"ping":1})"},  // not packed
      {"bitstamp", R"({"event":"trade","channel":"live_trades_btcusdt","data":{}})"},
      {"gemini", R"({"s":"btcusdt","E":"x"})"},
      {"mexc", std::string{"\x0a\x05"} + "spot"},
      {"mexc", "\x1a\x03ETH"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.exchange, row.frame);
    const auto news = reader_of(*find_stream(row.exchange))->read(row.frame, kNow);

    REQUIRE_FALSE(news.has_value());
    CHECK(news.error().code == Errc::bad_data);
  }
}

TEST_CASE("the pass to kucoin's stream is read, and its troubles are told apart") {
  const StreamDoor& door = *find_stream("kucoin")->door;
  const std::string good =
      R"({"code":"200000","data":{"token":"a+b/c==","instanceServers":[{"endpoint":)"
      R"("wss://ws-api-spot.kucoin.com/","encrypt":true,"pingInterval":18000}]}})";

  const auto pass = door.read({.status = 200, .body = good, .received = kNow}, {}, {3, kNow});
  REQUIRE(pass.has_value());
  CHECK(pass->url ==
        "wss://ws-api-spot.kucoin.com/?token=a%2Bb%2Fc%3D%3D&connectId="
        "1732290000999-3");
  CHECK(pass->ping_every == seconds{18});
  const auto own =
      door.read({.status = 200, .body = good, .received = kNow}, "ws://127.0.0.1:1", {3, kNow});
  REQUIRE(own.has_value());
  CHECK(own->url.starts_with("ws://127.0.0.1:1/?token="));

  struct Row {
    HttpResponse response;
    Errc code;
  };
  const std::vector<Row> rows{
      {{.status = 429, .received = kNow}, Errc::rate_limited},
      {{.status = 503, .received = kNow}, Errc::unavailable},
      {{.status = 200, .body = R"({"code":"429000"})", .received = kNow}, Errc::rate_limited},
      {{.status = 200, .body = R"({"code":"400100"})", .received = kNow}, Errc::rejected},
      {{.status = 200, .body = "<html>", .received = kNow}, Errc::bad_data},
      {{.status = 200, .body = R"({"code":"200000","data":{"token":"x"}})", .received = kNow},
       Errc::bad_data},
      {{.status = 200,
        .body = R"({"code":"200000","data":{"token":"x","instanceServers":[{"endpoint":)"
                R"("ws://plain","pingInterval":1}]}})",
        .received = kNow},
       Errc::bad_data},
  };
  for (const Row& row : rows) {
    CAPTURE(row.response.status, row.response.body);
    const auto refused = door.read(row.response, {}, {1, kNow});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == row.code);
  }
}
