#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw {

/// One field of a Protocol Buffers message: https://protobuf.dev/programming-guides/encoding/
struct ProtobufField {
  std::uint32_t number = 0;
  std::uint64_t value = 0;      ///< of a varint or a fixed number
  std::string_view bytes = {};  ///< of a text or an inner message
};

/// Takes a message apart, field by field, without a schema and without a copy.
class ProtobufFields {
 public:
  explicit ProtobufFields(std::string_view message) : rest_{message} {}

  /// The next field; nullopt at the end.
  /// Errors: bad_data: cut short, a number too long, a wire type that nobody writes any more.
  Result<std::optional<ProtobufField>> next();

 private:
  Result<std::uint64_t> varint();
  Result<std::uint64_t> fixed(std::size_t size);

  std::string_view rest_;
};

}  // namespace btcw
