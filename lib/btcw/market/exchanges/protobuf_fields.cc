#include "btcw/market/exchanges/protobuf_fields.h"

namespace btcw {
namespace {

constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kFixed64 = 1;
constexpr std::uint64_t kBytes = 2;
constexpr std::uint64_t kFixed32 = 5;
constexpr std::uint64_t kLastNumber = (std::uint64_t{1} << 29U) - 1;

Error damaged(const char* why) { return {Errc::bad_data, std::string{"protobuf: "} + why}; }

}  // namespace

Result<std::uint64_t> ProtobufFields::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return damaged("cut short");
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  return damaged("a number is too long");
}

Result<std::uint64_t> ProtobufFields::fixed(std::size_t size) {
  if (rest_.size() < size) return damaged("cut short");
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) {
    value = value << 8U | static_cast<unsigned char>(rest_[i]);
  }
  rest_.remove_prefix(size);
  return value;
}

Result<std::optional<ProtobufField>> ProtobufFields::next() {
  if (rest_.empty()) return std::optional<ProtobufField>{};
  const auto tag = varint();
  if (!tag) return tag.error();
  const std::uint64_t number = *tag >> 3U;
  if (number == 0 || number > kLastNumber) return damaged("not a field");
  ProtobufField field{.number = static_cast<std::uint32_t>(number)};
  const std::uint64_t type = *tag & 7U;
  if (type == kVarint || type == kFixed64 || type == kFixed32) {
    const auto value = type == kVarint ? varint() : fixed(type == kFixed64 ? 8 : 4);
    if (!value) return value.error();
    field.value = *value;
    return std::optional{field};
  }
  if (type != kBytes) return damaged("an unknown kind of field");
  const auto size = varint();
  if (!size) return size.error();
  if (*size > rest_.size()) return damaged("cut short");
  field.bytes = rest_.substr(0, static_cast<std::size_t>(*size));
  rest_.remove_prefix(static_cast<std::size_t>(*size));
  return std::optional{field};
}

}  // namespace btcw
