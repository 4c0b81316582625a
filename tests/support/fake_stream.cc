#include "support/fake_stream.h"

#include <nlohmann/json.hpp>

#include "support/fake_stream_frames.h"

namespace btcw::test {
namespace {

using Json = nlohmann::json;

/// What an exchange does not put up with. Zero: it does.
struct Rules {
  std::size_t topics = 0;  ///< on one connection
  std::size_t topics_per_message = 0;
  std::size_t messages = 0;  ///< in `message_window`
  milliseconds message_window = seconds{1};
  milliseconds client_silence{0};  ///< without a word from the client
  milliseconds life{0};
  milliseconds asks_every{0};     ///< for a sign of life …
  milliseconds waits{0};          ///< … and for the answer so long
  milliseconds rest{0};           ///< at first, without requests
  milliseconds first_request{0};  ///< that has to come within
};

const Rules& rules_of(const std::string& exchange) {
  static const Rules kBinance{.topics = 1024, .messages = 5, .life = std::chrono::hours{24}};
  static const std::map<std::string, Rules> kRules{
      {"binance", kBinance},
      {"binanceus", kBinance},
      {"okx", {.topics_per_message = 100, .messages = 3, .client_silence = seconds{30}}},
      {"bybit", {.topics_per_message = 10, .messages = 20, .client_silence = seconds{30}}},
      {"kraken", {.topics_per_message = 100}},
      {"coinbase", {.messages = 8, .first_request = seconds{5}}},
      {"bitget", {.topics = 1000, .messages = 10, .client_silence = seconds{35}}},
      {"gate", {.topics_per_message = 100}},
      {"kucoin",
       {.topics = 300,
        .topics_per_message = 100,
        .messages = 100,
        .message_window = seconds{10},
        .client_silence = seconds{28},
        .life = std::chrono::hours{24}}},
      {"bitfinex", {.topics = 25}},
      {"cryptocom",
       {.messages = 100, .asks_every = seconds{30}, .waits = seconds{5}, .rest = seconds{1}}},
      {"htx", {.asks_every = seconds{5}, .waits = seconds{10}}},
      {"bitstamp", {.client_silence = seconds{60}}},
      {"gemini", {}},
      {"mexc",
       {.topics = 30,
        .messages = 100,
        .client_silence = seconds{60},
        .life = std::chrono::hours{24}}},
  };
  return kRules.at(exchange);
}

/// The pair in the middle of a topic: "market.btcusdt.ticker", "btcusdt@ticker", "tickers.BTCUSDT".
std::string pair_in(const std::string& exchange, std::string topic) {
  const auto cut = [&topic](std::string_view before, std::string_view after) {
    if (const auto at = topic.rfind(before); !before.empty() && at != std::string::npos) {
      topic.erase(0, at + before.size());
    }
    if (const auto at = topic.find(after); !after.empty() && at != std::string::npos) {
      topic.erase(at);
    }
  };
  if (exchange == "binance" || exchange == "binanceus") {
    cut("", "@");
    for (char& c : topic) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  if (exchange == "gemini") cut("", "@");
  if (exchange == "bybit" || exchange == "cryptocom") cut(".", "");
  if (exchange == "htx") {
    topic.erase(0, std::string_view{"market."}.size());
    cut("", ".ticker");
  }
  if (exchange == "bitstamp") cut("_", "");
  if (exchange == "mexc") {
    if (topic.ends_with("@24H")) topic.resize(topic.size() - 4);
    cut("@", "");
  }
  return topic;
}

std::vector<std::string> texts(const Json& list) { return list.get<std::vector<std::string>>(); }

/// The topics that a message subscribes to; nullopt: it is something else.
std::optional<std::vector<std::string>> topics_of(const std::string& exchange, const Json& m) {
  if (m.value("method", "") == "SUBSCRIBE" || m.value("method", "") == "SUBSCRIPTION") {
    return texts(m.at("params"));
  }
  if (m.value("op", "") == "subscribe") {
    if (m.at("args").at(0).is_string()) return texts(m.at("args"));
    std::vector<std::string> topics;
    for (const Json& each : m.at("args")) topics.push_back(each.at("instId"));
    return topics;
  }
  if (exchange == "gemini" && m.contains("params")) return texts(m.at("params"));
  if (m.value("method", "") == "subscribe") {
    const Json& params = m.at("params");
    return texts(params.contains("symbol") ? params.at("symbol") : params.at("channels"));
  }
  if (m.contains("product_ids")) return texts(m.at("product_ids"));
  if (m.value("channel", "") == "spot.tickers") return texts(m.at("payload"));
  if (exchange == "kucoin" && m.value("type", "") == "subscribe") {
    const std::string topic = m.at("topic");
    std::vector<std::string> topics;
    std::string rest = topic.substr(topic.find(':') + 1);
    for (std::size_t at = 0; at != std::string::npos;) {
      const auto end = rest.find(',', at);
      topics.push_back(rest.substr(at, end == std::string::npos ? end : end - at));
      at = end == std::string::npos ? end : end + 1;
    }
    return topics;
  }
  if (exchange == "bitfinex" && m.value("event", "") == "subscribe") {
    return std::vector<std::string>{m.at("symbol")};
  }
  if (m.contains("sub")) return std::vector<std::string>{m.at("sub")};
  if (m.value("event", "") == "bts:subscribe") {
    return std::vector<std::string>{m.at("data").at("channel")};
  }
  return std::nullopt;
}

/// How a subscription is acknowledged.
std::string ack_of(const std::string& exchange, const Json& m) {
  if (exchange == "okx" || exchange == "bitget") return R"({"event":"subscribe","arg":{}})";
  if (exchange == "bybit") return R"({"success":true,"ret_msg":"","op":"subscribe"})";
  if (exchange == "kraken") return R"({"method":"subscribe","result":{},"success":true})";
  if (exchange == "coinbase") return R"({"type":"subscriptions","channels":[]})";
  if (exchange == "gate") {
    return R"({"channel":"spot.tickers","event":"subscribe","error":null,"result":{}})";
  }
  if (exchange == "kucoin") return R"({"id":"1","type":"ack"})";
  if (exchange == "cryptocom") return R"({"id":1,"method":"subscribe","code":0})";
  if (exchange == "htx") {
    return encode(R"({"id":"1","status":"ok","subbed":"x","ts":1})", Coding::gzip);
  }
  if (exchange == "bitstamp") return R"({"event":"bts:subscription_succeeded","data":{}})";
  if (exchange == "gemini") return R"({"id":"1","status":200})";
  if (exchange == "mexc") return R"({"id":1,"code":0,"msg":"spot@public"})";
  if (exchange == "bitfinex") return {};
  return R"({"result":null,"id":)" + std::to_string(m.value("id", 0)) + "}";
}

/// What a ping of the client's is answered with; nullopt: it is none.
std::optional<std::string> pong_of(const std::string& exchange, const Json& m) {
  if (exchange == "bybit" && m.value("op", "") == "ping") {
    return R"({"success":true,"ret_msg":"pong","op":"ping"})";
  }
  if (exchange == "kraken" && m.value("method", "") == "ping") return R"({"method":"pong"})";
  if (m.value("channel", "") == "spot.ping") return R"({"channel":"spot.pong","event":""})";
  if (exchange == "kucoin" && m.value("type", "") == "ping") return R"({"id":"1","type":"pong"})";
  if (exchange == "bitfinex" && m.value("event", "") == "ping") return R"({"event":"pong"})";
  if (m.value("event", "") == "bts:heartbeat") {
    return R"({"event":"bts:heartbeat","data":{"status":"success"}})";
  }
  if (m.value("method", "") == "PING") return R"({"id":0,"code":0,"msg":"PONG"})";
  return std::nullopt;
}

}  // namespace

FakeStream::FakeStream(std::string exchange, SteadyTime now)
    : exchange_{std::move(exchange)}, opened_{now}, heard_{now}, pushed_{now}, asked_{now} {}

StreamSpeech FakeStream::greet() {
  if (exchange_ == "kucoin") return {.frames = {R"({"id":"1","type":"welcome"})"}};
  if (exchange_ == "bitfinex") {
    return {.frames = {R"({"event":"info","version":2,"platform":{"status":1}})"}};
  }
  if (exchange_ == "kraken") {
    return {.frames = {R"({"channel":"status","type":"update","data":[{"system":"online"}]})"}};
  }
  return {};
}

StreamSpeech FakeStream::hear(const std::string& text, SteadyTime now) {
  const Rules& rules = rules_of(exchange_);
  heard_ = now;
  messages_.push_back(now);
  while (!messages_.empty() && now - messages_.front() >= rules.message_window) {
    messages_.pop_front();
  }
  if (rules.messages > 0 && messages_.size() > rules.messages) return breach("too many messages");
  if (text == "ping") {
    if (exchange_ == "okx" || exchange_ == "bitget") return {.frames = {"pong"}};
    return breach("a ping of another exchange");
  }
  const Json message = Json::parse(text, nullptr, false);
  if (!message.is_object()) return breach("not JSON: " + text);
  if (question_ && text == *question_) {
    question_.reset();
    return {};
  }
  if (auto pong = pong_of(exchange_, message)) return {.frames = {*std::move(pong)}};
  const auto topics = topics_of(exchange_, message);
  if (!topics) return breach("not understood: " + text);
  return subscribe(*topics, ack_of(exchange_, message), now);
}

StreamSpeech FakeStream::subscribe(const std::vector<std::string>& topics, std::string ack,
                                   SteadyTime now) {
  const Rules& rules = rules_of(exchange_);
  if (now - opened_ < rules.rest) return breach("asked too early");
  if (rules.topics_per_message > 0 && topics.size() > rules.topics_per_message) {
    return breach("too many topics in a message");
  }
  topics_ += topics.size();
  if (rules.topics > 0 && topics_ > rules.topics) return breach("too many subscriptions");
  StreamSpeech speech;
  for (const std::string& topic : topics) {
    const std::string pair = pair_in(exchange_, topic);
    const int channel =
        channels_.try_emplace(pair, static_cast<int>(channels_.size()) + 100).first->second;
    if (exchange_ == "bitfinex") {
      speech.frames.push_back(R"({"event":"subscribed","channel":"ticker","chanId":)" +
                              std::to_string(channel) + R"(,"symbol":")" + pair + R"("})");
    }
  }
  if (!ack.empty()) speech.frames.push_back(std::move(ack));
  return speech;
}

StreamSpeech FakeStream::pass(SteadyTime now) {
  const Rules& rules = rules_of(exchange_);
  const auto over = [](milliseconds limit, SteadyTime::duration time) {
    return limit.count() > 0 && time > limit;
  };
  if (over(rules.life, now - opened_)) return breach("older than it may be");
  if (over(rules.client_silence, now - heard_)) return breach("no ping");
  if (topics_ == 0 && over(rules.first_request, now - opened_)) return breach("no request");
  if (question_ && over(rules.waits, now - asked_)) return breach("no answer");
  if (question_ || rules.asks_every.count() == 0 || now - asked_ < rules.asks_every) return {};
  asked_ = now;
  const std::string number = std::to_string(now.time_since_epoch().count());
  if (exchange_ == "htx") {
    question_ = R"({"pong":)" + number + "}";
    return {.frames = {encode(R"({"ping":)" + number + "}", Coding::gzip)}};
  }
  question_ = R"({"id":)" + number + R"(,"method":"public/respond-heartbeat"})";
  return {.frames = {R"({"id":)" + number + R"(,"method":"public/heartbeat","code":0})"}};
}

std::vector<std::string> FakeStream::tick(const std::string& symbol, const FakeQuote& quote,
                                          SteadyTime now) {
  const auto channel = channels_.find(stream_spelling(exchange_, symbol));
  if (channel == channels_.end()) return {};
  pushed_ = now;
  return stream_ticks(exchange_, symbol, quote, channel->second);
}

}  // namespace btcw::test
