#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw::token {

/// A token that is valid no more.
struct Revocation {
  std::string jti = {};
  /// When the token expires by itself; nullopt: never known, so it is kept for good.
  std::optional<UtcTime> until = std::nullopt;
  UtcTime revoked_at = {};

  friend bool operator==(const Revocation&, const Revocation&) = default;
};

/// No jti that is longer can be revoked.
constexpr std::size_t kMaxJtiBytes = 512;
/// No record is longer.
constexpr std::size_t kMaxRecordBytes = 4096;
/// The first line of the file.
constexpr std::size_t kFileHeaderBytes = 41;

/// The first line: what the file is, and how many bytes after it hold sorted records.
std::string file_header(std::size_t sorted_bytes);
/// Errors: bad_data.
Result<std::size_t> read_file_header(std::string_view line);

/// By which the sorted records are sorted.
std::uint64_t order_of(std::string_view jti);

/// Appends the record, one line with its end. Precondition: jti.size() <= kMaxJtiBytes.
void append_record(const Revocation& revocation, std::string& out);
/// What of a line orders it, with its checksum made sure of.
/// Errors: bad_data.
Result<std::uint64_t> read_order(std::string_view line);
/// Reads a line without its end.
/// Errors: bad_data.
Result<Revocation> read_record(std::string_view line);

}  // namespace btcw::token
