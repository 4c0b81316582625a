#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "btcw/base/decimal.h"
#include "btcw/base/json.h"
#include "btcw/base/symbol.h"
#include "btcw/base/ticker_reader.h"
#include "btcw/base/time.h"

// What the fuzz targets of the base do with one input; the unit tests replay the corpora through
// the same functions. An expectation that fails ends the process, which is what a fuzzer notices.
namespace btcw::test {

inline void expect(bool truth) {
  if (!truth) std::abort();
}

// An error is one line of bounded length, whatever the input.
inline void expect_sober(const Error& error) {
  expect(error.message.size() < 512);
  for (const char c : error.message) expect(static_cast<unsigned char>(c) >= 0x20);
}

inline void fuzz_decimal(std::string_view input) {
  const auto rounded = Decimal::parse_rounded(input);
  const auto exact = Decimal::parse(input);
  if (!exact) {
    expect_sober(exact.error());
  } else {
    expect(rounded.has_value() && *rounded == *exact);
  }
  if (!rounded) return;
  const std::string text = rounded->to_string();
  expect(text.size() <= Decimal::kMaxText);
  expect(Decimal::parse(text).value() == *rounded);
  expect(-(-*rounded) == *rounded);
  expect(Decimal::parse_rounded(rounded->to_fixed(8)).value() == rounded->rounded(8));
  expect((*rounded <=> Decimal{}) == (rounded->coefficient() <=> 0));
  const auto twice = add(*rounded, *rounded);
  if (twice) expect(subtract(*twice, *rounded).has_value());
  expect(subtract(*rounded, *rounded) == Decimal{});
}

inline void fuzz_symbol(std::string_view input) {
  for (const std::string_view quote : {"", "USDT"}) {
    const auto symbol = Symbol::parse(input, quote);
    if (!symbol) {
      expect_sober(symbol.error());
      continue;
    }
    expect(Symbol::parse(symbol->text()).value() == *symbol);
    expect(Symbol::of(symbol->base(), symbol->quote()).value() == *symbol);
  }
  const auto request = SymbolRequest::parse(input, "USDT");
  if (request) expect(SymbolRequest::parse(request->to_string(), {}).value() == *request);
  if (!request) expect_sober(request.error());
  expect(nearest(input, known_quotes(), 3).size() <= 3);
}

inline void fuzz_time(std::string_view input) {
  const auto time = parse_time(input);
  if (time) expect(parse_time(to_rfc3339(*time)).value() == *time);
  if (!time) expect_sober(time.error());
  const auto duration = parse_duration(input);
  if (duration) expect(parse_duration(to_string(*duration)).value() == *duration);
  if (!duration) expect_sober(duration.error());
}

inline void fuzz_ticker(std::string_view input) {
  static const auto kReader = make_ticker_reader();  // as in the program: one for all inputs
  const auto ticker = kReader->read(input);
  if (!ticker) return expect_sober(ticker.error());
  expect(kReader->read(to_json(*ticker)).value() == *ticker);
}

// Asks every value for everything.
inline std::size_t visit(JsonValue value) {
  std::size_t seen = 1;
  if (auto number = value.decimal_or_null(); !number) expect_sober(number.error());
  if (auto number = value.rounded_decimal_or_null(); !number) expect_sober(number.error());
  if (auto number = value.integer(); !number) expect_sober(number.error());
  if (auto text = value.text()) seen += text->size();
  if (auto truth = value.boolean(); !truth) expect_sober(truth.error());
  if (const auto object = value.object()) {
    for (const JsonMember member : *object) {
      seen += visit(member.value);
      expect(object->find(member.key).has_value() || seen > 0);
    }
  }
  if (const auto array = value.array()) {
    for (const JsonValue element : *array) seen += visit(element);
    expect(array->at(0).has_value() || !(array->begin() != array->end()));
  }
  return seen;
}

inline void fuzz_json(std::string_view input) {
  static JsonReader reader{1U << 16U};
  const auto value = reader.read(input);
  if (!value) return expect_sober(value.error());
  expect(visit(*value) > 0);
}

}  // namespace btcw::test
