#include "btcw/notify/json_answer.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

#include "btcw/base/double_text.h"

namespace btcw {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxValues = 1000;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

/// Takes the parser's events; builds no tree that something recursive would have to walk.
class JsonAnswer::Reader : public nlohmann::json_sax<Json> {
 public:
  explicit Reader(JsonAnswer& answer) : answer_{answer} {}

  bool null() override { return step(); }
  bool boolean(bool value) override { return add(Value::Kind::flag, value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override {
    return add(Value::Kind::number, std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return add(Value::Kind::number, std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& text) override {
    return add(Value::Kind::number, text);
  }
  bool string(string_t& text) override { return add(Value::Kind::text, text); }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& name) override {
    levels_.back().name = name;
    return true;
  }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override {
    if (levels_.empty() || !open()) return false;
    levels_.back().is_list = true;
    return true;
  }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

 private:
  struct Level {
    std::string name = {};
    bool is_list = false;
    std::size_t index = 0;
  };

  bool open() {
    levels_.emplace_back();
    return levels_.size() <= kMaxDepth;
  }
  bool close() {
    levels_.pop_back();
    return levels_.empty() || step();
  }
  bool step() {
    if (levels_.empty()) return false;
    ++levels_.back().index;
    return true;
  }
  bool add(Value::Kind kind, std::string text) {
    if (levels_.empty() || answer_.values_.size() >= kMaxValues) return false;
    std::string path;
    for (const Level& level : levels_) {
      if (!path.empty()) path += '.';
      path += level.is_list ? std::to_string(level.index) : level.name;
    }
    answer_.values_.insert_or_assign(std::move(path), Value{kind, std::move(text)});
    return step();
  }

  JsonAnswer& answer_;
  std::vector<Level> levels_;
};

std::optional<JsonAnswer> JsonAnswer::parse(std::string_view body) {
  JsonAnswer answer;
  Reader reader{answer};
  if (!Json::sax_parse(body.begin(), body.end(), &reader)) return std::nullopt;
  return answer;
}

const JsonAnswer::Value* JsonAnswer::find(std::string_view path, Value::Kind kind) const {
  const auto found = values_.find(path);
  return found != values_.end() && found->second.kind == kind ? &found->second : nullptr;
}

std::optional<std::string> JsonAnswer::text(std::string_view path) const {
  const Value* value = find(path, Value::Kind::text);
  if (value == nullptr) return std::nullopt;
  return value->text;
}

std::optional<std::int64_t> JsonAnswer::number(std::string_view path) const {
  const Value* value = find(path, Value::Kind::number);
  if (value == nullptr) value = find(path, Value::Kind::text);
  if (value == nullptr) return std::nullopt;
  return whole_number(value->text);
}

std::optional<bool> JsonAnswer::flag(std::string_view path) const {
  const Value* value = find(path, Value::Kind::flag);
  if (value == nullptr) return std::nullopt;
  return value->text == "true";
}

std::optional<milliseconds> JsonAnswer::wait(std::string_view path, milliseconds unit) const {
  constexpr double kLongest = 31.0 * 24 * 3600 * 1000;
  const Value* value = find(path, Value::Kind::number);
  if (value == nullptr) return std::nullopt;
  const auto units = parse_double(value->text);
  if (!units || !(*units >= 0)) return std::nullopt;
  const double ms = std::min(*units * static_cast<double>(unit.count()), kLongest);
  const auto whole = static_cast<std::int64_t>(ms);
  return milliseconds{static_cast<double>(whole) < ms ? whole + 1 : whole};
}

}  // namespace btcw
