#include "btcw/base/ticker.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace btcw {
namespace {

// One piece of memory for a whole ticker: names and punctuation, 9 numbers, 2 moments.
constexpr std::size_t kMaxJson =
    256 + Symbol::kMaxText + ExchangeName::kMaxText + 9 * Decimal::kMaxText + 40;

// Writes into a buffer that is large enough by construction.
class Pen {
 public:
  explicit Pen(char* at) : at_{at} {}

  void text(std::string_view text) { at_ = std::copy(text.begin(), text.end(), at_); }
  void number(Decimal number) { at_ = number.write(at_); }
  void number(const std::optional<Decimal>& number) {
    number ? this->number(*number) : text("null");
  }
  void moment(UtcTime time) { at_ = std::to_chars(at_, at_ + 20, to_unix_ms(time)).ptr; }
  [[nodiscard]] const char* end() const { return at_; }

 private:
  char* at_;
};

}  // namespace

void append_json(const Ticker& ticker, std::string& out) {
  std::array<char, kMaxJson> buffer;
  Pen pen{buffer.data()};
  // Symbols and names hold nothing that JSON escapes.
  pen.text(R"({"symbol":")");
  pen.text(ticker.symbol.text());
  pen.text(R"(","exchange":")");
  pen.text(ticker.exchange.text());
  pen.text(R"(","last":)");
  pen.number(ticker.last);
  pen.text(R"(,"bid":)");
  pen.number(ticker.bid);
  pen.text(R"(,"ask":)");
  pen.number(ticker.ask);
  pen.text(R"(,"open":)");
  pen.number(ticker.open);
  pen.text(R"(,"high":)");
  pen.number(ticker.high);
  pen.text(R"(,"low":)");
  pen.number(ticker.low);
  pen.text(R"(,"percentage":)");
  pen.number(ticker.percentage);
  pen.text(R"(,"baseVolume":)");
  pen.number(ticker.base_volume);
  pen.text(R"(,"quoteVolume":)");
  pen.number(ticker.quote_volume);
  pen.text(R"(,"timestamp":)");
  ticker.timestamp ? pen.moment(*ticker.timestamp) : pen.text("null");
  pen.text(R"(,"received":)");
  pen.moment(ticker.received);
  pen.text("}");
  out.append(std::string_view{buffer.data(), pen.end()});
}

std::string to_json(const Ticker& ticker) {
  std::string out;
  append_json(ticker, out);
  return out;
}

}  // namespace btcw
