#include "support/fake_exchange_text.h"

#include <algorithm>
#include <cctype>

namespace btcw::test {
namespace {

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

ServedResponse json(const Json& body, int status) { return raw_json(body.dump(), status); }

ServedResponse raw_json(std::string body, int status) {
  return {
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

ServedResponse page_not_found() { return {.status = 404, .body = "<html>404</html>"}; }

std::string number(std::string_view text) { return std::string{text.empty() ? "null" : text}; }

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::pair<std::string, std::string> codes(const std::string& symbol) {
  const auto slash = symbol.find('/');
  return {symbol.substr(0, slash), symbol.substr(slash + 1)};
}

std::string joined_codes(const std::string& symbol, std::string_view by) {
  const auto [base, quote] = codes(symbol);
  return base + std::string{by} + quote;
}

Target parse_target(std::string_view text) {
  Target target{.path = std::string{text.substr(0, text.find('?'))}, .query = {}};
  if (text.find('?') == std::string_view::npos) return target;
  text.remove_prefix(target.path.size() + 1);
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const auto equals = std::min(pair.find('='), pair.size() - 1);
    target.query.emplace(pair.substr(0, equals), percent_decoded(pair.substr(equals + 1)));
  }
  return target;
}

std::vector<std::string> split_text(std::string_view text, char by) {
  std::vector<std::string> parts;
  while (true) {
    const auto at = text.find(by);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

}  // namespace btcw::test
