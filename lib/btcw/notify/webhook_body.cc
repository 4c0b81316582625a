#include "btcw/notify/webhook_body.h"

#include <array>

#include "btcw/base/quoted.h"
#include "btcw/notify/webhook_sources.h"
#include "btcw/notify/webhook_text.h"

namespace btcw {
namespace {

constexpr std::array kSources{WebhookSource::freqtrade, WebhookSource::tradingview,
                              WebhookSource::alertmanager};

Result<std::vector<Notification>> read(WebhookSource source, std::string_view body, UtcTime now) {
  switch (source) {
    case WebhookSource::freqtrade:
      return read_freqtrade(body, now);
    case WebhookSource::tradingview:
      return read_tradingview(body, now);
    case WebhookSource::alertmanager:
      return read_alertmanager(body, now);
  }
  return Error{Errc::bad_data, "no such source"};
}

}  // namespace

std::string_view to_string(WebhookSource source) {
  switch (source) {
    case WebhookSource::freqtrade:
      return "freqtrade";
    case WebhookSource::tradingview:
      return "tradingview";
    case WebhookSource::alertmanager:
      return "alertmanager";
  }
  return {};
}

Result<WebhookSource> parse_webhook_source(std::string_view name) {
  for (const WebhookSource source : kSources) {
    if (to_string(source) == name) return source;
  }
  return Error{Errc::invalid_input, "not a source of webhooks: " + quoted(name) +
                                        ", expected freqtrade, tradingview or alertmanager"};
}

Result<std::vector<Notification>> read_webhook(WebhookSource source, std::string_view body,
                                               UtcTime now) {
  const std::string_view where = to_string(source);
  if (body.size() > kMaxWebhookBytes) {
    return Error{Errc::bad_data, "larger than " + std::to_string(kMaxWebhookBytes) + " bytes"}
        .within(where);
  }
  if (!is_webhook_utf8(body)) return Error{Errc::bad_data, "not UTF-8"}.within(where);
  return read(source, body, now).within(where);
}

}  // namespace btcw
