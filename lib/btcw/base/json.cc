#include "btcw/base/json.h"

#include <charconv>
#include <string>
#include <utility>

#include "btcw/base/quoted.h"

namespace btcw {
namespace {

// `read` of the member `key`, with the key before its error.
template <typename Read>
auto read_member(const JsonObject& object, std::string_view key, Read read)
    -> decltype(read(std::declval<JsonValue>())) {
  const auto value = object.at(key);
  if (!value) return value.error();
  return read(*value).within(key);
}

template <typename T, typename Read>
Result<std::optional<T>> read_member_or_null(const JsonObject& object, std::string_view key,
                                             Read read) {
  const auto value = object.find(key);
  if (!value) return std::optional<T>{};
  return read(*value).within(key);
}

}  // namespace

Error JsonValue::unexpected(std::string_view expected) const {
  std::string message = "expected ";
  message.append(expected).append(", found ");
  switch (kind()) {
    case JsonKind::object:
      message += "an object";
      break;
    case JsonKind::array:
      message += "an array";
      break;
    case JsonKind::text:
      message += quoted(tokens_->text(at_));
      break;
    case JsonKind::null:
    case JsonKind::boolean:
    case JsonKind::number:
      message += tokens_->text(at_).substr(0, 40);
      break;
  }
  return {Errc::bad_data, std::move(message)};
}

Result<std::string_view> JsonValue::text() const {
  if (kind() != JsonKind::text) return unexpected("a string");
  return tokens_->text(at_);
}

// Of a number or a string; empty for null and "".
Result<std::string_view> JsonValue::digits() const {
  switch (kind()) {
    case JsonKind::null:
      return std::string_view{};
    case JsonKind::number:
    case JsonKind::text:
      return tokens_->text(at_);
    case JsonKind::boolean:
    case JsonKind::array:
    case JsonKind::object:
      break;
  }
  return unexpected("a number");
}

Result<std::optional<Decimal>> JsonValue::decimal_or_null() const {
  const auto text = digits();
  if (!text) return text.error();
  if (text->empty()) return std::optional<Decimal>{};
  auto number = Decimal::parse(*text);
  if (!number) return std::move(number).error();
  return std::optional<Decimal>{*number};
}

Result<std::optional<Decimal>> JsonValue::rounded_decimal_or_null() const {
  const auto text = digits();
  if (!text) return text.error();
  if (text->empty()) return std::optional<Decimal>{};
  auto number = Decimal::parse_rounded(*text);
  if (!number) return std::move(number).error();
  return std::optional<Decimal>{*number};
}

Result<Decimal> JsonValue::decimal() const {
  auto number = decimal_or_null();
  if (!number) return std::move(number).error();
  if (!*number) return unexpected("a number");
  return **number;
}

Result<std::optional<std::int64_t>> JsonValue::integer_or_null() const {
  const auto text = digits();
  if (!text) return text.error();
  if (text->empty()) return std::optional<std::int64_t>{};
  std::int64_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, failure] = std::from_chars(text->data(), end, value);
  if (failure != std::errc{} || stop != end) return unexpected("a whole number");
  return std::optional<std::int64_t>{value};
}

Result<std::int64_t> JsonValue::integer() const {
  auto number = integer_or_null();
  if (!number) return std::move(number).error();
  if (!*number) return unexpected("a whole number");
  return **number;
}

Result<bool> JsonValue::boolean() const {
  if (kind() != JsonKind::boolean) return unexpected("true or false");
  return tokens_->kind(at_) == 't';
}

Result<JsonObject> JsonValue::object() const {
  if (kind() != JsonKind::object) return unexpected("an object");
  return JsonObject{*tokens_, at_};
}

Result<JsonArray> JsonValue::array() const {
  if (kind() != JsonKind::array) return unexpected("an array");
  return JsonArray{*tokens_, at_};
}

namespace {

// The first characters tell most apart, and a comparison of memory costs more than they do.
bool is_key(std::string_view name, std::string_view key) {
  if (name.size() != key.size()) return false;
  if (name.empty()) return true;
  return name.front() == key.front() && (name.size() == 1 || name == key);
}

}  // namespace

std::optional<JsonValue> JsonObject::find(std::string_view key) const {
  for (const JsonMember member : *this) {
    if (!is_key(member.key, key)) continue;
    if (member.value.is_null()) return std::nullopt;
    return member.value;
  }
  return std::nullopt;
}

Result<JsonValue> JsonObject::at(std::string_view key) const {
  const auto value = find(key);
  if (!value) return Error{Errc::bad_data, "no " + quoted(key)};
  return *value;
}

Result<Decimal> JsonObject::decimal(std::string_view key) const {
  return read_member(*this, key, [](JsonValue value) { return value.decimal(); });
}

Result<std::optional<Decimal>> JsonObject::decimal_or_null(std::string_view key) const {
  return read_member_or_null<Decimal>(*this, key,
                                      [](JsonValue value) { return value.decimal_or_null(); });
}

Result<std::optional<Decimal>> JsonObject::rounded_decimal_or_null(std::string_view key) const {
  return read_member_or_null<Decimal>(
      *this, key, [](JsonValue value) { return value.rounded_decimal_or_null(); });
}

Result<std::int64_t> JsonObject::integer(std::string_view key) const {
  return read_member(*this, key, [](JsonValue value) { return value.integer(); });
}

Result<std::optional<std::int64_t>> JsonObject::integer_or_null(std::string_view key) const {
  return read_member_or_null<std::int64_t>(*this, key,
                                           [](JsonValue value) { return value.integer_or_null(); });
}

Result<std::string_view> JsonObject::text(std::string_view key) const {
  return read_member(*this, key, [](JsonValue value) { return value.text(); });
}

Result<std::optional<std::string_view>> JsonObject::text_or_null(std::string_view key) const {
  const auto value = find(key);
  if (!value) return std::optional<std::string_view>{};
  auto text = value->text().within(key);
  if (!text) return std::move(text).error();
  return std::optional<std::string_view>{*text};
}

Result<bool> JsonObject::boolean(std::string_view key) const {
  return read_member(*this, key, [](JsonValue value) { return value.boolean(); });
}

Result<JsonObject> JsonObject::object(std::string_view key) const {
  return read_member(*this, key, [](JsonValue value) { return value.object(); });
}

Result<JsonArray> JsonObject::array(std::string_view key) const {
  return read_member(*this, key, [](JsonValue value) { return value.array(); });
}

Result<JsonValue> JsonArray::at(std::size_t index) const {
  std::size_t left = index;
  for (const JsonValue value : *this) {
    if (left-- == 0) return value;
  }
  return Error{Errc::bad_data, "expected more than " + std::to_string(index) + " elements"};
}

Result<JsonValue> JsonReader::read(std::string_view json) {
  auto done = tokens_.read(json);
  if (!done) return std::move(done).error();
  return JsonValue{tokens_, 0};
}

Result<JsonObject> JsonReader::read_object(std::string_view json) {
  const auto value = read(json);
  if (!value) return value.error();
  return value->object();
}

Result<JsonArray> JsonReader::read_array(std::string_view json) {
  const auto value = read(json);
  if (!value) return value.error();
  return value->array();
}

}  // namespace btcw
