#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw {

/// The tokens of one JSON document, checked in full: what btcw/base/json.h and the ticker reader
/// stand on.
///
/// simdjson's first stage finds the tokens and checks UTF-8; one pass over them checks the rest of
/// the grammar and notes where each value ends. Then every value can be reached in any order,
/// without a further check. (Not simdjson's on-demand reading: it trusts the brackets of what it
/// passes over, and an exchange's mistake would end the process in one of its asserts.)
///
/// Buffers are kept between documents. One thread uses an object.
class JsonTokens {
 public:
  static constexpr std::size_t kMaxDepth = 64;

  explicit JsonTokens(std::size_t max_bytes);
  ~JsonTokens();
  JsonTokens(const JsonTokens&) = delete;
  JsonTokens& operator=(const JsonTokens&) = delete;

  /// Takes a document: an object or an array, nested kMaxDepth deep at most, of max_bytes at most.
  /// What was read of the one before is gone.
  /// Errors: bad_data, with the byte at which it is no JSON.
  Result<void> read(std::string_view json);

  /// The first character of token `at`, which says what it is: one of {}[]:,"-0…9 or the n, t and f
  /// of null, true and false. A document begins with token 0.
  [[nodiscard]] char kind(std::uint32_t at) const { return bytes_[starts_[at]]; }

  /// The text of a token: of a string what is inside it, unescaped.
  [[nodiscard]] std::string_view text(std::uint32_t at) const {
    const char* const begin = bytes_ + starts_[at];
    return {*begin == '"' ? begin + 1 : begin, extents_[at]};
  }

  /// The token behind the value that begins with token `at`.
  [[nodiscard]] std::uint32_t after(std::uint32_t at) const {
    const char first = kind(at);
    return first == '{' || first == '[' ? extents_[at] : at + 1;
  }

 private:
  struct Memory;
  class Grammar;

  std::unique_ptr<Memory> memory_;
  const char* bytes_ = nullptr;
  const std::uint32_t* starts_ = nullptr;
  // Of an opening bracket: the token behind its end. Of a string or scalar: its length.
  const std::uint32_t* extents_ = nullptr;
};

}  // namespace btcw
