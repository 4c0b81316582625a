// A line a record, so that an administrator can read the file, and a torn write is seen:
//   ORDER UNTIL REVOKED_AT "JTI" CHECK
// ORDER are the first 16 hex digits of the jti's SHA-256, UNTIL and REVOKED_AT seconds since 1970
// (UNTIL 0: for good), JTI a JSON string, CHECK the first 8 hex digits of the SHA-256 of all
// before.
#include "btcw/token/revocation_record.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

#include "btcw/token/sha2.h"
#include "btcw/token/strict_json.h"

namespace btcw::token {
namespace {

constexpr std::size_t kOrderDigits = 16;
constexpr std::size_t kCheckDigits = 8;
constexpr std::string_view kMark = "btcw-revoked-1 ";

std::uint64_t first_bytes(std::string_view text, std::size_t count) {
  const Digest digest = sha2(Hash::sha256, text);
  std::uint64_t value = 0;
  for (const char byte : digest.view().substr(0, count)) {
    value = value << 8U | static_cast<unsigned char>(byte);
  }
  return value;
}

std::string check_of(std::string_view text) {
  return fmt::format("{:08x}", first_bytes(text, kCheckDigits / 2));
}

Error damaged() { return Error{Errc::bad_data, "a damaged record"}; }

// The line without its checksum; empty when that is wrong.
std::string_view checked(std::string_view line) {
  if (line.size() < kCheckDigits + 1) return {};
  const std::string_view body = line.substr(0, line.size() - kCheckDigits - 1);
  return line.substr(body.size()) == ' ' + check_of(body) ? body : std::string_view{};
}

// A number at the front, and the space after it.
template <typename T>
bool take_number(std::string_view& text, T& value, int base) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const auto size = static_cast<std::size_t>(read.ptr - text.data());
  if (read.ec != std::errc{} || size == text.size() || text[size] != ' ') return false;
  text.remove_prefix(size + 1);
  return true;
}

UtcTime from_seconds(std::int64_t value) { return UtcTime{seconds{value}}; }

std::int64_t to_seconds(UtcTime time) {
  return std::chrono::ceil<seconds>(time).time_since_epoch().count();
}

}  // namespace

std::string file_header(std::size_t sorted_bytes) {
  std::string line = fmt::format("{}{:016}", kMark, sorted_bytes);
  line += ' ' + check_of(line) + '\n';
  return line;
}

Result<std::size_t> read_file_header(std::string_view line) {
  const Error wrong{Errc::bad_data, "its first line is damaged"};
  if (line.size() != kFileHeaderBytes || line.back() != '\n') return wrong;
  const std::string_view body = checked(line.substr(0, line.size() - 1));
  if (!body.starts_with(kMark)) return wrong;
  std::size_t sorted = 0;
  const auto read = std::from_chars(body.data() + kMark.size(), body.data() + body.size(), sorted);
  if (read.ec != std::errc{}) return wrong;
  return sorted;
}

std::uint64_t order_of(std::string_view jti) { return first_bytes(jti, kOrderDigits / 2); }

void append_record(const Revocation& revocation, std::string& out) {
  const std::int64_t until = revocation.until ? to_seconds(*revocation.until) : 0;
  std::string line = fmt::format("{:016x} {} {} ", order_of(revocation.jti), until,
                                 to_seconds(revocation.revoked_at));
  append_json_string(revocation.jti, line);
  out += line + ' ' + check_of(line) + '\n';
}

Result<std::uint64_t> read_order(std::string_view line) {
  std::string_view body = checked(line);
  std::uint64_t order = 0;
  if (!take_number(body, order, 16)) return damaged();
  return order;
}

Result<Revocation> read_record(std::string_view line) {
  std::string_view body = checked(line);
  std::uint64_t order = 0;
  std::int64_t until = 0;
  std::int64_t revoked_at = 0;
  if (!take_number(body, order, 16) || !take_number(body, until, 10) ||
      !take_number(body, revoked_at, 10)) {
    return damaged();
  }
  JsonReader reader;
  const auto jti = reader.value(body);
  if (!jti || jti->kind != JsonKind::string) return damaged();
  Revocation revocation{.jti = jti->string(), .revoked_at = from_seconds(revoked_at)};
  if (until != 0) revocation.until = from_seconds(until);
  return revocation;
}

}  // namespace btcw::token
