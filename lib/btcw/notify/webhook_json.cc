#include "btcw/notify/webhook_json.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace btcw {
namespace {

using Json = nlohmann::json;
using Kind = WebhookValue::Kind;

constexpr std::size_t kMaxDepth = 32;

/// Builds a WebhookValue from the parser's events; false from an event ends the parse.
class TreeBuilder {
 public:
  bool null() { return put({}); }
  bool boolean(bool value) { return put(scalar(Kind::boolean, value ? "true" : "false")); }
  bool number_integer(std::int64_t value) {
    return put(scalar(Kind::number, std::to_string(value)));
  }
  bool number_unsigned(std::uint64_t value) {
    return put(scalar(Kind::number, std::to_string(value)));
  }
  bool number_float(double, const std::string& digits) { return put(scalar(Kind::number, digits)); }
  bool string(std::string& value) { return put(scalar(Kind::text, std::move(value))); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Kind::object); }
  bool start_array(std::size_t) { return open(Kind::list); }
  bool key(std::string& value) {
    key_ = std::move(value);
    return true;
  }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

  WebhookValue take() && { return std::move(root_); }

 private:
  static WebhookValue scalar(Kind kind, std::string text) {
    WebhookValue value;
    value.kind = kind;
    value.text = std::move(text);
    return value;
  }

  bool put(WebhookValue value) {
    place(std::move(value));
    return true;
  }

  bool open(Kind kind) {
    if (open_.size() == kMaxDepth) return false;
    WebhookValue value;
    value.kind = kind;
    open_.push_back(&place(std::move(value)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  // What is open stays where it is: nothing is added to what holds it before it is closed.
  WebhookValue& place(WebhookValue value) {
    if (open_.empty()) return root_ = std::move(value);
    auto& members = open_.back()->members;
    members.push_back({std::exchange(key_, {}), std::move(value)});
    return members.back().value;
  }

  WebhookValue root_;
  std::string key_;
  std::vector<WebhookValue*> open_;
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The text that a part of a form stands for; nullopt for a character that stands in no form.
std::optional<std::string> form_text(std::string_view part) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~*";
  std::string text;
  for (std::size_t at = 0; at < part.size(); ++at) {
    const char c = part[at];
    if (c == '+') {
      text += ' ';
    } else if (c == '%' && at + 2 < part.size() && hex_digit(part[at + 1]) >= 0 &&
               hex_digit(part[at + 2]) >= 0) {
      text += static_cast<char>(hex_digit(part[at + 1]) * 16 + hex_digit(part[at + 2]));
      at += 2;
    } else if (kPlain.find(c) != std::string_view::npos) {
      text += c;
    } else {
      return std::nullopt;
    }
  }
  return text;
}

}  // namespace

const WebhookValue* WebhookValue::find(std::string_view key) const {
  if (kind != Kind::object) return nullptr;
  for (const WebhookMember& member : members) {
    if (member.key != key) continue;
    return member.value.kind == Kind::null ? nullptr : &member.value;
  }
  return nullptr;
}

bool WebhookValue::is_scalar() const {
  return kind == Kind::boolean || kind == Kind::number || kind == Kind::text;
}

std::string_view WebhookValue::scalar(std::string_view key) const {
  const WebhookValue* const value = find(key);
  if (value == nullptr || !value->is_scalar()) return {};
  return value->text;
}

std::string_view WebhookValue::first_scalar(std::initializer_list<std::string_view> keys) const {
  for (const std::string_view key : keys) {
    if (const std::string_view found = scalar(key); !found.empty()) return found;
  }
  return {};
}

std::optional<WebhookValue> read_webhook_json(std::string_view bytes) {
  TreeBuilder builder;
  if (!Json::sax_parse(bytes, &builder)) return std::nullopt;
  return std::move(builder).take();
}

std::optional<WebhookValue> read_webhook_form(std::string_view bytes) {
  WebhookValue form;
  form.kind = Kind::object;
  for (;;) {
    const auto end = std::min(bytes.find('&'), bytes.size());
    const std::string_view pair = bytes.substr(0, end);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    auto key = form_text(pair.substr(0, equals));
    auto text = form_text(pair.substr(equals + 1));
    if (!key || !text) return std::nullopt;
    form.members.push_back({*std::move(key), {}});
    form.members.back().value.kind = Kind::text;
    form.members.back().value.text = *std::move(text);
    if (end == bytes.size()) return form;
    bytes.remove_prefix(end + 1);
  }
}

}  // namespace btcw
