// KuCoin, spot: https://www.kucoin.com/docs-new/rest/spot-trading/market-data/get-24hr-stats
#include <algorithm>
#include <array>

#include "btcw/market/exchanges/coded_answer.h"
#include "btcw/market/exchanges/exchanges.h"
#include "btcw/market/exchanges/row_reader.h"
#include "btcw/market/exchanges/spelling.h"

namespace btcw {
namespace {

// `buy` is the best bid, whatever the comments in the documentation's samples say.
constexpr std::array kFields{
    RowField{"last", FieldKind::last_price, &TickerUpdate::last},
    RowField{"buy", FieldKind::price, &TickerUpdate::bid},
    RowField{"sell", FieldKind::price, &TickerUpdate::ask},
    RowField{"high", FieldKind::price, &TickerUpdate::high},
    RowField{"low", FieldKind::price, &TickerUpdate::low},
    RowField{"changeRate", FieldKind::ratio, &TickerUpdate::percentage},
    RowField{"vol", FieldKind::volume, &TickerUpdate::base_volume},
    RowField{"volValue", FieldKind::volume, &TickerUpdate::quote_volume},
    RowField{"time", FieldKind::unix_ms},
};
constexpr RowForm kRow{.symbol_key = "symbol", .fields = kFields};
// The statistics of one pair weigh as much as those of all.
constexpr std::string_view kAll = "/api/v1/market/allTickers";
constexpr milliseconds kLimitWait = seconds{30};  // the window of the public pool

std::string spell(const Symbol& symbol) { return joined(symbol, "-"); }

UtcTime limit_end(const HttpResponse& response) {
  return reset_time(response, "gw-ratelimit-reset", ResetForm::ms_from_now, kLimitWait);
}

Error classify(std::int64_t code, std::string_view text, const HttpResponse& response) {
  switch (code) {
    case 900001:
      return refusal(Errc::not_found, code, text);
    case 400100: {
      // A parameter that it cannot use; the text tells which.
      const bool symbol = text.find("ymbol") != std::string_view::npos;
      return refusal(symbol ? Errc::not_found : Errc::rejected, code, text);
    }
    case 429000: {
      Error limited = refusal(Errc::rate_limited, code, text);
      limited.retry_at = limit_end(response);
      return limited;
    }
    case 500000:
    case 503000:
      return refusal(Errc::unavailable, code, text);
    default:
      return refusal(Errc::rejected, code, text);
  }
}

/// A pair that does not exist has statistics that say nothing, or none.
bool is_empty(const TickerUpdate& update) { return !update.last && !update.bid && !update.ask; }

bool is_null_member(JsonObject object, std::string_view key) {
  int found = 0;
  bool null = false;
  for (const JsonMember member : object) {
    if (member.key != key) continue;
    ++found;
    null = member.value.is_null();
  }
  return found == 1 && null;
}

Result<RestAnswer> read_one(const PairNames& names, JsonObject envelope) {
  if (is_null_member(envelope, "data")) return RestAnswer{};
  RowReader rows{names, kRow, Unasked::refused};
  const auto data = sole(envelope, "data");
  if (!data) return data.error();
  if (auto read = rows.read(*data); !read) return std::move(read).error();
  RestAnswer answer = rows.take();
  std::erase_if(answer.updates, is_empty);
  return answer;
}

Result<RestAnswer> read_all(const PairNames& names, JsonObject envelope) {
  RowReader rows{names, kRow, Unasked::passed_over};
  const auto member = sole(envelope, "data");
  if (!member) return member.error();
  const auto data = member->object();
  if (!data) return data.error();
  const auto list = sole(*data, "ticker");
  if (!list) return list.error();
  if (auto read = rows.read_list(*list); !read) return std::move(read).error();
  RestAnswer answer = rows.take();
  const auto ms = data->integer_or_null("time");
  if (!ms) return ms.error();
  if (*ms) {
    const auto time = unix_time(**ms);
    if (!time) return time.error();
    stamp_all(answer, *time);
  }
  return answer;
}

Result<RestAnswer> read_rows(const RestCall& call, JsonObject envelope) {
  const PairNames names = pair_names(call.symbols, spell);
  return call.target == kAll ? read_all(names, envelope) : read_one(names, envelope);
}

constexpr CodedEnvelope kEnvelope{.code_key = "code",
                                  .good_code = 200000,
                                  .text_key = "msg",
                                  .classify = classify,
                                  .read_rows = read_rows};

}  // namespace

std::vector<RestCall> kucoin_calls(std::span<const Symbol> symbols) {
  if (symbols.empty()) return {};
  if (symbols.size() == 1) {
    return {{"/api/v1/market/stats?symbol=" + spell(symbols.front()), {symbols.front()}}};
  }
  return {{std::string{kAll}, {symbols.begin(), symbols.end()}}};
}

Result<RestAnswer> kucoin_read(const RestCall& call, const HttpResponse& response) {
  if (response.status == 429) {
    Error limited = rate_limited(response, kLimitWait);
    limited.retry_at = limit_end(response);
    return limited;
  }
  if (auto refused = refusal_by_status(response, kLimitWait)) return *std::move(refused);
  return read_coded(call, response, kEnvelope);
}

}  // namespace btcw
