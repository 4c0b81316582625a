#include "alert_lines.h"

#include <fmt/format.h>

#include <iterator>

#include "btcw/base/notification_json.h"
#include "printable.h"

namespace btcw::cli {
namespace {

struct Texts {
  std::string title;
  std::string message;
};

/// Also of an end that is not told otherwise.
Texts texts_of(const AlertEvent& event) {
  const bool resolved = event.event.kind == rules::EventKind::resolved;
  const rules::MessageContext context{.name = event.alert.name,
                                      .rule = event.alert.rule,
                                      .reading = event.reading,
                                      .event = event.event};
  if (resolved && !event.alert.resolve_message) return {};
  const auto& body = resolved ? *event.alert.resolve_message : event.alert.message;
  return {event.alert.title.render(context), body.render(context)};
}

std::string escaped(std::string_view text) {
  std::string out;
  append_json_escaped(out, text);
  return out;
}

std::string_view kind_of(const AlertEvent& event) {
  return event.event.kind == rules::EventKind::fired ? "fired" : "resolved";
}

}  // namespace

void AlertLines::on_event(const AlertEvent& event) {
  if (out_ == nullptr || event.reading.ticker == nullptr) return;
  const Ticker& ticker = *event.reading.ticker;
  const Texts texts = texts_of(event);
  auto out = std::back_inserter(text_);
  if (form_ == Form::plain) {
    fmt::format_to(out, "{} {} {} {}", to_rfc3339(event.event.at), kind_of(event),
                   printable(event.alert.name), event.about.to_string());
    if (!texts.message.empty()) fmt::format_to(out, ": {}", printable(texts.message));
    text_ += '\n';
    return;
  }
  fmt::format_to(out,
                 R"({{"time":"{}","alert":"{}","event":"{}","symbol":"{}","exchange":"{}",)"
                 R"("last":{},"number":{},"since":"{}","title":"{}","message":"{}"}})"
                 "\n",
                 to_rfc3339(event.event.at), escaped(event.alert.name), kind_of(event),
                 ticker.symbol.text(), ticker.exchange.text(), ticker.last.to_string(),
                 event.event.number, to_rfc3339(event.event.since), escaped(texts.title),
                 escaped(texts.message));
}

Result<Flow> AlertLines::settle(RuleDesk& desk, std::uint64_t /*tickers*/) {
  desk.take_changes([](const KeptState&) {});
  if (text_.empty()) return Flow::go_on;
  const bool written =
      std::fwrite(text_.data(), 1, text_.size(), out_) == text_.size() && std::fflush(out_) == 0;
  text_.clear();
  // Why is for run() to find out.
  return written ? Flow::go_on : Flow::stop;
}

}  // namespace btcw::cli
