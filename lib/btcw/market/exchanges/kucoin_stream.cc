// KuCoin: https://www.kucoin.com/docs-new/3470063w0 and its neighbours
#include <algorithm>
#include <array>

#include "btcw/base/percent.h"
#include "btcw/base/quoted.h"
#include "btcw/market/exchanges/answer.h"
#include "btcw/market/exchanges/spelling.h"
#include "btcw/market/exchanges/stream_book.h"
#include "btcw/market/exchanges/streams.h"

namespace btcw {
namespace {

constexpr std::array kTicker{
    RowField{"price", FieldKind::last_price, &TickerUpdate::last},
    RowField{"bestBid", FieldKind::price, &TickerUpdate::bid},
    RowField{"bestAsk", FieldKind::price, &TickerUpdate::ask},
    RowField{"time", FieldKind::unix_ms},
};
// What the ticker does not say, every two seconds. Its own last price is older than the ticker's.
constexpr std::array kSnapshot{
    RowField{"high", FieldKind::price, &TickerUpdate::high},
    RowField{"low", FieldKind::price, &TickerUpdate::low},
    RowField{"changeRate", FieldKind::ratio, &TickerUpdate::percentage},
    RowField{"vol", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"volValue", FieldKind::volume, &TickerUpdate::quote_volume},
};
constexpr std::string_view kTickerTopic = "/market/ticker:";
constexpr std::string_view kSnapshotTopic = "/market/snapshot:";
constexpr milliseconds kLimitWait = seconds{30};

std::string spell(const Symbol& symbol) { return joined(symbol, "-"); }

Result<void> read_message(JsonObject root, StreamBook& book) {
  const std::string_view topic = remark(root, "topic");
  const auto data = root.object("data");
  if (!data) return data.error();
  if (topic.starts_with(kTickerTopic)) {
    return book.row(topic.substr(kTickerTopic.size()), *data, kTicker, TickForm::part);
  }
  if (!topic.starts_with(kSnapshotTopic)) return {};
  const auto inner = data->object("data");
  if (!inner) return inner.error();
  return book.row(topic.substr(kSnapshotTopic.size()), *inner, kSnapshot, TickForm::part);
}

Result<void> read_frame(std::string_view frame, StreamBook& book) {
  const auto root = book.object(frame);
  if (!root) return root.error();
  const std::string_view type = remark(*root, "type");
  if (type == "message") return read_message(*root, book);
  if (type == "welcome") book.note(StreamNewsKind::ready);
  if (type == "ack") book.note(StreamNewsKind::accepted);
  if (type != "error") return {};
  const std::string code = std::to_string(root->integer("code").value_or(0));
  const std::string_view text = remark(*root, "data");
  book.refuse(stream_refusal(code, text), named_in(text, book));
  return {};
}

std::vector<std::string> subscribe(std::span<const Symbol> symbols, RequestStamp stamp) {
  std::string list;
  for (const Symbol& symbol : symbols) {
    if (!list.empty()) list += ',';
    list += spell(symbol);
  }
  std::vector<std::string> messages;
  for (const std::string_view topic : {kTickerTopic, kSnapshotTopic}) {
    messages.push_back(R"({"id":")" + std::to_string(stamp.number++) +
                       R"(","type":"subscribe","topic":")" + std::string{topic} + list +
                       R"(","response":true})");
  }
  return messages;
}

std::string ping(RequestStamp stamp) {
  return R"({"id":")" + std::to_string(stamp.number) + R"(","type":"ping"})";
}

/// {"code":"200000","data":{"token":"…","instanceServers":[{"endpoint":"wss://…",
///  "pingInterval":18000,…}]}}
Result<StreamPass> read_pass_data(JsonObject data, std::string_view ws_url, RequestStamp stamp) {
  const auto token = data.text("token");
  if (!token) return token.error();
  const auto servers = data.array("instanceServers");
  if (!servers) return servers.error();
  const auto first = servers->at(0);
  if (!first) return first.error();
  const auto server = first->object();
  if (!server) return server.error();
  const auto endpoint = server->text("endpoint");
  if (!endpoint) return endpoint.error();
  const auto interval = server->integer("pingInterval");
  if (!interval) return interval.error();
  // The way to it is encrypted, wherever the answer came from; a host of one's own decides itself.
  if (ws_url.empty() && !endpoint->starts_with("wss://")) {
    return Error{Errc::bad_data, "endpoint: not a wss:// url"};
  }
  const std::string host{ws_url.empty() ? *endpoint : ws_url};
  constexpr std::int64_t kShortest = 5'000;
  constexpr std::int64_t kLongest = 60'000;
  return StreamPass{host + (host.ends_with('/') ? "?token=" : "/?token=") + percent_encode(*token) +
                        "&connectId=" + std::to_string(to_unix_ms(stamp.now)) + "-" +
                        std::to_string(stamp.number),
                    milliseconds{std::clamp(*interval, kShortest, kLongest)}};
}

Result<StreamPass> read_pass(const HttpResponse& response, std::string_view ws_url,
                             RequestStamp stamp) {
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  JsonReader reader;
  auto envelope = reader.read_object(response.body);
  if (!envelope) return unreadable(response, std::move(envelope).error());
  const std::string_view code = remark(*envelope, "code");
  if (code == "429000") return rate_limited(response, kLimitWait);
  if (code != "200000") return Error{Errc::rejected, "code " + quoted(code)};
  const auto data = envelope->object("data");
  if (!data) return data.error();
  return read_pass_data(*data, ws_url, stamp);
}

constexpr StreamDoor kDoor{.target = "/api/v1/bullet-public", .read = read_pass};

std::unique_ptr<StreamReader> make_reader(ExchangeName name) {
  return make_stream_book(name, spell, read_frame);
}

}  // namespace

ExchangeStream kucoin_stream() {
  // It takes 300 topics a connection, 100 a message, 100 messages in 10 s and 30 connections a
  // minute. Its token holds for a day.
  return {.name = "kucoin",
          .url = {},
          .path = "/",
          .limits = {.symbols_per_connection = 140,
                     .symbols_per_request = 70,
                     .between_requests = milliseconds{250},
                     .between_connections = seconds{4},
                     .ping_every = seconds{18},
                     .longest_silence = seconds{40},
                     .longest_life = std::chrono::hours{24}},
          .start = StreamStart::after_ready,
          .subscribe = subscribe,
          .ping = ping,
          .make_reader = make_reader,
          .door = &kDoor};
}

}  // namespace btcw
