#include "btcw/notify/attachment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/quoted.h"
#include "btcw/notify/text/clean_text.h"

namespace btcw {
namespace {

Error failed(const std::string& path, int number) {
  return {number == ENOENT ? Errc::not_found : Errc::unavailable,
          fmt::format("{}: {}", btcw::quoted(path), std::generic_category().message(number))};
}

std::string boundary_for(const std::vector<std::pair<std::string, std::string>>& fields,
                         const Attachment& file) {
  std::string boundary = "btcw-5c1e0f7a9d";
  const auto holds_it = [&boundary](const std::string& text) {
    return text.find(boundary) != std::string::npos;
  };
  while (holds_it(file.content) ||
         std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return holds_it(field.second); })) {
    boundary += 'x';
  }
  return boundary;
}

// What would end the quotes of a header becomes harmless.
std::string header_name(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '"' || c == '\\'; }, '_');
  return name;
}

}  // namespace

std::string attachment_name(std::string_view path) {
  std::string name = clean_line(path.substr(path.rfind('/') + 1));
  return name.empty() ? "attachment" : name;
}

Result<Attachment> read_attachment(const std::string& path, std::size_t max_bytes) {
  // Without O_NONBLOCK a FIFO of that name would hold everything up.
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!file) return failed(path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failed(path, errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{Errc::invalid_input, fmt::format("{}: not a file", btcw::quoted(path))};
  }
  Attachment attachment{.name = attachment_name(path), .content = {}};
  char block[16 * 1024];
  while (true) {
    const ssize_t got = ::read(file.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path, errno);
    if (got == 0) return attachment;
    attachment.content.append(block, static_cast<std::size_t>(got));
    if (attachment.content.size() > max_bytes) {
      return Error{Errc::invalid_input,
                   fmt::format("{}: larger than {} bytes", btcw::quoted(path), max_bytes)};
    }
  }
}

HttpRequest multipart_post(std::string url,
                           const std::vector<std::pair<std::string, std::string>>& fields,
                           std::string_view file_field, const Attachment& file) {
  const std::string boundary = boundary_for(fields, file);
  std::string body;
  for (const auto& [name, value] : fields) {
    body += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n",
                        boundary, name, value);
  }
  body += fmt::format(
      "--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n"
      "Content-Type: application/octet-stream\r\n\r\n",
      boundary, file_field, header_name(file.name));
  body.append(file.content).append("\r\n--").append(boundary).append("--\r\n");
  return {.method = "POST",
          .url = std::move(url),
          .headers = {{"Content-Type", "multipart/form-data; boundary=" + boundary}},
          .body = std::move(body)};
}

}  // namespace btcw
