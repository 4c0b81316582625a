#include "btcw/rules/event_id.h"

#include <fmt/format.h>

#include <cstdint>

namespace btcw::rules {
namespace {

// FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/
std::uint64_t hash_of(std::string_view alert, std::string_view symbol) {
  constexpr std::uint64_t kPrime = 1'099'511'628'211U;
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  const auto add = [&](char c) { hash = (hash ^ static_cast<unsigned char>(c)) * kPrime; };
  for (const char c : alert) add(c);
  add('\0');  // "ab" + "c" is not "a" + "bc"
  for (const char c : symbol) add(c);
  return hash;
}

}  // namespace

std::string event_id(std::string_view alert, const Symbol& symbol, const Event& event) {
  return fmt::format("alert-{:016x}-{}-{}{}", hash_of(alert, symbol.text()), to_unix_ms(event.at),
                     event.kind == EventKind::fired ? 'f' : 'r', event.number);
}

}  // namespace btcw::rules
