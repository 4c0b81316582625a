#include "btcw/notify/webhook_body.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <ctime>

#include "support/fake_clock.h"
#include "support/sanitizer.h"
#include "support/seeded_random.h"

using namespace btcw;

namespace {

const UtcTime kNow = test::FakeClock{}.now();

using Tags = std::vector<std::string>;

std::vector<Notification> read(WebhookSource source, std::string_view body) {
  auto messages = read_webhook(source, body, kNow);
  if (!messages) FAIL(messages.error().message);
  for (const Notification& message : *messages) {
    CHECK(message.created == kNow);
    CHECK(message.id.empty());
    CHECK_FALSE(message.body.empty());
    CHECK_FALSE(message.title.empty());
  }
  return *std::move(messages);
}

Notification read_one(WebhookSource source, std::string_view body) {
  auto messages = read(source, body);
  REQUIRE(messages.size() == 1);
  return std::move(messages.front());
}

std::string alert(std::string_view status, std::string_view severity,
                  std::string_view fingerprint = "1a30ba71cca2921f") {
  return R"({"status":")" + std::string{status} +
         R"(","labels":{"alertname":"ProbeFailure","instance":"web:9100","severity":")" +
         std::string{severity} +
         R"("},"annotations":{"summary":"web is down","description":"down for over 5m"},)"
         R"("startsAt":"2023-02-06T13:08:45.828Z","endsAt":"2023-02-06T14:00:00Z",)"
         R"("generatorURL":"http://p/graph?g0.expr=up%3D0&g0.tab=1","fingerprint":")" +
         std::string{fingerprint} + "\"}";
}

std::string group(std::string_view alerts, std::string_view more = "") {
  return R"({"receiver":"btcw","status":"firing","version":"4","groupKey":"{}:{}",)"
         R"("groupLabels":{"alertname":"ProbeFailure"},"alerts":[)" +
         std::string{alerts} + "]" + std::string{more} + "}";
}

}  // namespace

TEST_CASE("a source of webhooks is known by its name") {
  for (const auto source :
       {WebhookSource::freqtrade, WebhookSource::tradingview, WebhookSource::alertmanager}) {
    CHECK(parse_webhook_source(to_string(source)).value() == source);
  }
  const auto other = parse_webhook_source("Grafana");
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Errc::invalid_input);
}

TEST_CASE("what Freqtrade sends becomes one message with its figures as they are") {
  struct Case {
    std::string_view why;
    std::string_view body;
    std::string_view title;
    std::string_view text;
    Priority priority;
    Tags tags;
  };
  const auto row = GENERATE(values<Case>({
      {"an entry as JSON, numbers digit for digit",
       R"({"type":"entry","trade_id":7,"exchange":"Binance","pair":"BTC/USDT","direction":"Long",)"
       R"("leverage":3.0,"amount":0.01234567890123456789,"base_currency":"BTC","limit":97123.40,)"
       R"("stake_amount":"1199.05","stake_currency":"USDT","enter_tag":"rsi"})",
       "Entry BTC/USDT",
       "Long 3.0x 0.01234567890123456789 BTC at 97123.40 stake 1199.05 USDT\n"
       "tag: rsi on Binance",
       Priority::normal,
       {"freqtrade", "entry", "BTC/USDT"}},
      {"an exit as a form",
       "type=exit_fill&pair=ETH%2FUSDT%3AUSDT&direction=Short&close_rate=3000.10&"
       "profit_amount=-12.5&profit_ratio=-0.02125&stake_currency=USDT&exit_reason=stop_loss",
       "Exit filled ETH/USDT:USDT",
       "Short at 3000.10\nprofit -12.5 USDT (-2.12 %)\nreason: stop_loss",
       Priority::normal,
       {"freqtrade", "exit_fill", "ETH/USDT:USDT"}},
      {"a gain",
       R"({"type":"RPCMessageType.EXIT","pair":"A/B","profit_ratio":1.5e-2})",
       "Exit A/B",
       "(+1.50 %)",
       Priority::normal,
       {"freqtrade", "exit", "A/B"}},
      {"a ratio that is none",
       R"({"type":"exit","profit_ratio":"n/a"})",
       "Exit",
       "(n/a)",
       Priority::normal,
       {"freqtrade", "exit"}},
      {"before 2022",
       R"({"type":"sell","pair":"A/B","sell_reason":"roi","profit_percent":2.1})",
       "Exit A/B",
       "(2.1)\nreason: roi",
       Priority::normal,
       {"freqtrade", "sell", "A/B"}},
      {"a cancelled entry",
       R"({"type":"entry_cancel","pair":"A/B","reason":"timeout","profit_ratio":null})",
       "Entry cancelled A/B",
       "reason: timeout",
       Priority::low,
       {"freqtrade", "entry_cancel", "A/B"}},
      {"a status",
       R"({"type":"status","status":"running"})",
       "Status",
       "running",
       Priority::low,
       {"freqtrade", "status"}},
      {"a warning",
       "type=warning&status=low+balance%21",
       "Warning",
       "low balance!",
       Priority::urgent,
       {"freqtrade", "warning"}},
      {"a strategy's message",
       R"({"type":"strategy_msg","msg":"up\n\u0007we go  "})",
       "Strategy",
       "up\nwe go",
       Priority::normal,
       {"freqtrade", "strategy_msg"}},
      {"a protection",
       R"({"type":"protection_trigger","pair":"A/B","reason":"StoplossGuard","lock_end_time":"2026-01-01 00:00:00"})",
       "Protection A/B",
       "reason: StoplossGuard until 2026-01-01 00:00:00",
       Priority::normal,
       {"freqtrade", "protection_trigger", "A/B"}},
      {"a global protection",
       R"({"type":"protection_trigger_global","reason":"x"})",
       "Global protection",
       "reason: x",
       Priority::urgent,
       {"freqtrade", "protection_trigger_global"}},
      {"the members of the documentation's sample",
       R"({"value1":"Buying A/B","value2":"limit 1.5","value3":"","type2":null,"deep":{"a":1}})",
       "Freqtrade",
       "value1: Buying A/B\nvalue2: limit 1.5",
       Priority::normal,
       {"freqtrade"}},
      {"the owner's own words",
       "title=Now%20then&text=it+is&priority=low&pair=A%2FB",
       "Now then",
       "it is",
       Priority::low,
       {"freqtrade", "A/B"}},
      {"a priority that is none",
       R"({"type":"exception","text":"boom","priority":"P0"})",
       "Exception",
       "boom",
       Priority::urgent,
       {"freqtrade", "exception"}},
      {"raw text",
       "Exiting A/B: 5 % up & away\n",
       "Freqtrade",
       "Exiting A/B: 5 % up & away",
       Priority::normal,
       {"freqtrade"}},
      {"a tag that routing could not name",
       R"({"text":"x","pair":"A/B,urgent"})",
       "Freqtrade A/B,urgent",
       "x",
       Priority::normal,
       {"freqtrade"}},
      {"the first of two members counts",
       R"({"text":"x","text":"y"})",
       "Freqtrade",
       "x",
       Priority::normal,
       {"freqtrade"}},
  }));
  CAPTURE(row.why);

  const Notification message = read_one(WebhookSource::freqtrade, row.body);

  CHECK(message.title == row.title);
  CHECK(message.body == row.text);
  CHECK(message.priority == row.priority);
  CHECK(message.tags == row.tags);
}

TEST_CASE("a repeated body of a trade has the same key, another order of it has not") {
  const auto key = [](std::string_view body) {
    return read_one(WebhookSource::freqtrade, body).dedup_key;
  };
  const std::string entry = key(R"({"type":"entry","trade_id":7,"pair":"A/B","amount":1})");

  CHECK_FALSE(entry.empty());
  CHECK(key(R"({"type":"entry","trade_id":"7","pair":"A/B","amount":"1"})") == entry);
  CHECK(key(R"({"type":"entry","trade_id":7,"pair":"A/B","amount":2})") != entry);
  CHECK(key(R"({"type":"exit","trade_id":7,"pair":"A/B","amount":1})") != entry);
  CHECK(key(R"({"type":"entry","trade_id":8,"pair":"A/B","amount":1})") != entry);
  CHECK(key(R"({"type":"status","status":"running"})").empty());
  CHECK(key(R"({"trade_id":7,"text":"x"})").empty());
}

TEST_CASE("what a TradingView alert says becomes one message") {
  struct Case {
    std::string_view why;
    std::string_view body;
    std::string_view title;
    std::string_view text;
    Priority priority;
    Tags tags;
    std::string_view dedup_key;
  };
  const auto row = GENERATE(values<Case>({
      {"text",
       "BTCUSDT Crossing 97,123.40\r\n",
       "TradingView",
       "BTCUSDT Crossing 97,123.40",
       Priority::normal,
       {"tradingview"},
       ""},
      {"an object with a text",
       R"({"ticker":"BTCUSDT","action":"buy","message":"breakout","priority":"urgent"})",
       "buy BTCUSDT",
       "breakout",
       Priority::urgent,
       {"tradingview", "BTCUSDT"},
       ""},
      {"an object without one",
       R"({"title":"T","ticker":"BTCUSDT","close":97123.40,"volume":1e-8,"ok":true,"x":[1],"n":null})",
       "T",
       "ticker: BTCUSDT\nclose: 97123.40\nvolume: 1e-8\nok: true",
       Priority::normal,
       {"tradingview", "BTCUSDT"},
       ""},
      {"a key of its own",
       R"({"text":"x","dedup_key":"k 1"})",
       "TradingView",
       "x",
       Priority::normal,
       {"tradingview"},
       "k 1"},
      {"a template that a placeholder broke",
       R"({"text":"say "hi""})",
       "TradingView",
       R"({"text":"say "hi""})",
       Priority::normal,
       {"tradingview"},
       ""},
      {"a list is text", "[1,2]", "TradingView", "[1,2]", Priority::normal, {"tradingview"}, ""},
      {"a number is text",
       "97123.40",
       "TradingView",
       "97123.40",
       Priority::normal,
       {"tradingview"},
       ""},
      {"a title in lines",
       R"({"title":" a\n\tb\u0000 ","text":"x"})",
       "a b",
       "x",
       Priority::normal,
       {"tradingview"},
       ""},
  }));
  CAPTURE(row.why);

  const Notification message = read_one(WebhookSource::tradingview, row.body);

  CHECK(message.title == row.title);
  CHECK(message.body == row.text);
  CHECK(message.priority == row.priority);
  CHECK(message.tags == row.tags);
  CHECK(message.dedup_key == row.dedup_key);
}

TEST_CASE("each alert of Alertmanager's group becomes a message") {
  const auto messages =
      read(WebhookSource::alertmanager,
           group(alert("firing", "critical") + "," + alert("resolved", "warning", "ff")));

  REQUIRE(messages.size() == 2);
  CHECK(messages[0].title == "Firing: ProbeFailure (web:9100)");
  CHECK(messages[0].body ==
        "web is down\ndown for over 5m\ninstance: web:9100\nseverity: critical\n"
        "since 2023-02-06T13:08:45.828Z\nhttp://p/graph?g0.expr=up%3D0&g0.tab=1");
  CHECK(messages[0].priority == Priority::urgent);
  CHECK(messages[0].tags == Tags{"alertmanager", "ProbeFailure", "critical"});
  CHECK(messages[0].dedup_key == "alertmanager:1a30ba71cca2921f:firing:2023-02-06T13:08:45.828Z");
  CHECK(messages[1].title == "Resolved: ProbeFailure (web:9100)");
  CHECK(messages[1].body.find("until 2023-02-06T14:00:00Z") != std::string::npos);
  CHECK(messages[1].dedup_key == "alertmanager:ff:resolved:2023-02-06T13:08:45.828Z");
}

TEST_CASE("the severity of an alert decides how pressing it is, less so when it is over") {
  struct Case {
    std::string_view status;
    std::string_view severity;
    Priority priority;
  };
  const auto row = GENERATE(values<Case>({
      {"firing", "critical", Priority::urgent},
      {"firing", "Page", Priority::urgent},
      {"firing", "error", Priority::urgent},
      {"firing", "warning", Priority::normal},
      {"firing", "", Priority::normal},
      {"firing", "odd", Priority::normal},
      {"firing", "info", Priority::low},
      {"resolved", "critical", Priority::normal},
      {"resolved", "warning", Priority::low},
      {"resolved", "info", Priority::low},
      {"", "critical", Priority::urgent},
  }));
  CAPTURE(row.status, row.severity);

  const auto message =
      read_one(WebhookSource::alertmanager, group(alert(row.status, row.severity)));

  CHECK(message.priority == row.priority);
}

TEST_CASE("a group of very many alerts becomes one message that lists them") {
  std::string alerts = alert("resolved", "critical");
  for (int i = 0; i < 39; ++i) alerts += "," + alert(i == 0 ? "firing" : "resolved", "critical");

  const auto message = read_one(WebhookSource::alertmanager, group(alerts));

  CHECK(message.title == "1 firing, 39 resolved: ProbeFailure");
  CHECK(message.priority == Priority::urgent);
  CHECK(message.body.find("Resolved: ProbeFailure (web:9100)\nFiring: ") == 0);
  CHECK(message.body.find("and 10 more") != std::string::npos);
  CHECK(message.tags == Tags{"alertmanager", "ProbeFailure"});
}

TEST_CASE("a group that lacks what it may lack is still told") {
  struct Case {
    std::string_view why;
    std::string body;
    std::string_view title;
    std::string_view text;
  };
  const auto row = GENERATE(values<Case>({
      {"an empty alert", R"({"alerts":[{}]})", "Firing: alert", "Firing: alert"},
      {"Grafana's", R"({"version":"1","alerts":[{"labels":{"alertname":"A"}}]})", "Firing: A",
       "Firing: A"},
      {"labels of another kind", R"({"alerts":[{"labels":[1],"annotations":7,"status":{}}]})",
       "Firing: alert", "Firing: alert"},
      {"left out by Alertmanager",
       R"({"alerts":[{"annotations":{"summary":"s"}}],"truncatedAlerts":3})", "Firing: alert",
       "s\n(Alertmanager left out more alerts: 3)"},
      {"none left out", R"({"alerts":[{"annotations":{"summary":"s"}}],"truncatedAlerts":0})",
       "Firing: alert", "s"},
  }));
  CAPTURE(row.why);

  const auto message = read_one(WebhookSource::alertmanager, row.body);

  CHECK(message.title == row.title);
  CHECK(message.body == row.text);
  CHECK(message.dedup_key.empty());
}

TEST_CASE("a body that is no webhook is refused") {
  struct Case {
    std::string_view why;
    WebhookSource source;
    std::string body;
    std::string_view message;
  };
  constexpr auto kFreqtrade = WebhookSource::freqtrade;
  constexpr auto kTradingview = WebhookSource::tradingview;
  constexpr auto kAlertmanager = WebhookSource::alertmanager;
  const auto row = GENERATE_COPY(values<Case>({
      {"nothing", kFreqtrade, "", "nothing to tell"},
      {"white space", kFreqtrade, " \n\t", "nothing to tell"},
      {"control characters", kTradingview, "\x01\x02\x7f", "nothing to tell"},
      {"nothing", kTradingview, "", "nothing to tell"},
      {"an empty object", kTradingview, "{}", "nothing to tell"},
      {"an empty object", kFreqtrade, "{}", "nothing to tell"},
      {"an empty form", kFreqtrade, "a=", "nothing to tell"},
      {"nothing", kAlertmanager, "", "not JSON"},
      {"text", kAlertmanager, "hello", "not JSON"},
      {"a list", kAlertmanager, "[]", "not an object"},
      {"no alerts", kAlertmanager, "{}", "no list of alerts"},
      {"alerts of another kind", kAlertmanager, R"({"alerts":{}})", "no list of alerts"},
      {"an empty list", kAlertmanager, R"({"alerts":[]})", "nothing to tell"},
      {"an alert of another kind", kAlertmanager, R"({"alerts":[1]})", "no object"},
      {"a later version", kAlertmanager, R"({"version":"5","alerts":[{}]})", "version \"5\""},
      {"cut short", kFreqtrade, R"({"type":"entry","pair":)", "not JSON"},
      {"two documents", kFreqtrade, "{}{}", "not JSON"},
      {"too deep", kFreqtrade, "{\"a\":" + std::string(40, '[') + std::string(40, ']') + "}",
       "not JSON"},
      {"a number out of range", kFreqtrade, R"({"limit":1e999})", "not JSON"},
      {"not UTF-8", kFreqtrade, "\xff", "not UTF-8"},
      {"not UTF-8 in JSON", kAlertmanager, "{\"alerts\":[{\"a\":\"\xc0\x80\"}]}", "not UTF-8"},
      {"a surrogate", kTradingview, "\xed\xa0\x80", "not UTF-8"},
      {"beyond Unicode", kTradingview, "\xf4\x90\x80\x80", "not UTF-8"},
      {"a sequence cut short", kTradingview, "a\xe2\x82", "not UTF-8"},
      {"not UTF-8 in a form", kFreqtrade, "text=%ff", "not UTF-8"},
      {"too large", kTradingview, std::string(kMaxWebhookBytes + 1, 'x'), "larger than"},
  }));
  CAPTURE(row.why);

  const auto messages = read_webhook(row.source, row.body, kNow);

  REQUIRE_FALSE(messages);
  CHECK(messages.error().code == Errc::bad_data);
  CAPTURE(messages.error().message);
  CHECK(messages.error().message.starts_with(to_string(row.source)));
  CHECK(messages.error().message.find(row.message) != std::string::npos);
}

TEST_CASE("a long text is cut between two characters") {
  std::string body = "x";
  for (int i = 0; i < 20'000; ++i) body += "ü";

  const auto message = read_one(WebhookSource::tradingview, body);
  const auto titled =
      read_one(WebhookSource::tradingview, R"({"text":"x","title":")" + body + "\"}");

  CHECK(message.body.size() <= 16 * 1024);
  CHECK(message.body.size() > 16 * 1024 - 4);
  CHECK(message.body.substr(message.body.size() - 5) == "ü…");
  CHECK(titled.title.size() <= 200);
  CHECK(titled.title.substr(titled.title.size() - 5) == "ü…");
}

TEST_CASE("a body with very many members is read in no time") {
  std::string body = "{\"k\":1";
  while (body.size() < kMaxWebhookBytes - 20) body += ",\"k" + std::to_string(body.size()) + "\":1";
  body += "}";
  const std::clock_t begin = std::clock();

  CHECK(read_webhook(WebhookSource::freqtrade, body, kNow));

  // A tree that looks for each key among all others takes minutes.
  CHECK(std::clock() - begin < (test::kSanitized ? 50 : 5) * CLOCKS_PER_SEC);
}

TEST_CASE("no cut and no changed byte of a body crashes or passes on what is not UTF-8") {
  const auto source =
      GENERATE(WebhookSource::freqtrade, WebhookSource::tradingview, WebhookSource::alertmanager);
  const std::string body = group(alert("firing", "critical ü"), R"(,"truncatedAlerts":2)");
  for (std::size_t size = 0; size < body.size(); ++size) {
    const auto cut = read_webhook(source, body.substr(0, size), kNow);
    if (source == WebhookSource::alertmanager) CHECK_FALSE(cut);
  }
  test::SeededRandom random;
  for (int round = 0; round < 300; ++round) {
    std::string changed = body;
    for (int i = 0; i < 3; ++i) {
      changed[random.below(changed.size())] = static_cast<char>(random.below(256));
    }
    const auto messages = read_webhook(source, changed, kNow);
    if (!messages) continue;
    for (const Notification& message : *messages) {
      // It goes through a reader that knows UTF-8 once more.
      CHECK(read_webhook(WebhookSource::tradingview, message.title + message.body, kNow));
    }
  }
}
