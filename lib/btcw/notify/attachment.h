#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/net/http.h"

namespace btcw {

/// A file that goes with a message.
struct Attachment {
  std::string name;  ///< without folders, on one line
  std::string content;
};

/// What people see of a path: its last part, on one line.
[[nodiscard]] std::string attachment_name(std::string_view path);

/// Reads a regular file; never waits on anything else that has that name.
/// Errors: not_found, invalid_input (not a file, larger than `max_bytes`), unavailable (cannot be
/// read).
Result<Attachment> read_attachment(const std::string& path, std::size_t max_bytes);

/// A POST of type multipart/form-data (RFC 7578): plain fields, then the file as `file_field`. The
/// boundary appears in none of them.
[[nodiscard]] HttpRequest multipart_post(
    std::string url, const std::vector<std::pair<std::string, std::string>>& fields,
    std::string_view file_field, const Attachment& file);

}  // namespace btcw
