#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/http_server.h"

namespace btcw::test {

/// What a service took.
struct FakeDelivery {
  std::string title = {};
  std::string text = {};         ///< as people read it: without tags, entities and escapes
  std::string priority = {};     ///< in the service's own spelling, where it has one
  std::string transaction = {};  ///< Matrix: what makes a repeat invisible
  std::string body = {};         ///< as it came
};

/// Why a service refuses a request.
enum class Refused { token, target, content, limit };

/// A request that came in, taken apart.
struct FakeRequest {
  const ServedRequest& http;
  std::string target;  ///< without "/telegram" and without the query
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> form;  ///< of a body that is a form

  [[nodiscard]] std::string query_value(std::string_view key) const;
  [[nodiscard]] std::string form_value(std::string_view key) const;
};

/// What was read, or why it is refused and in which words.
struct FakeReading {
  FakeDelivery delivery = {};
  std::optional<std::pair<Refused, std::string>> refusal = std::nullopt;
};

/// A service that is played: what it takes from whoever signs in as sample_values() do, and its
/// answers in its own form.
struct FakeService {
  std::string_view type;
  /// Throws what nlohmann::json throws for a body that is not what it should be.
  FakeReading (*read)(const FakeRequest& request);
  ServedResponse (*taken)();
  ServedResponse (*refused)(Refused why, const std::string& words, seconds retry_after);
};

[[nodiscard]] std::span<const FakeService> fake_chat_services();
[[nodiscard]] std::span<const FakeService> fake_push_services();

/// The units that services count in, found apart from the code that is tested.
[[nodiscard]] std::size_t utf16_units(std::string_view text);
[[nodiscard]] std::size_t characters(std::string_view text);
[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// What HTML of <b>, <strong> and <br> says; nullopt: a tag that is not closed, another tag, a '<'
/// or an '&' that should be an entity.
[[nodiscard]] std::optional<std::string> text_of_html(std::string_view html);
/// `text` without the backslashes of Markdown.
[[nodiscard]] std::string text_of_markdown(std::string_view text);
/// `text` with every `part` replaced.
[[nodiscard]] std::string replaced(std::string text, std::string_view part, std::string_view by);

[[nodiscard]] inline FakeReading refuse(Refused why, std::string words) {
  return {.refusal = std::pair{why, std::move(words)}};
}

}  // namespace btcw::test
