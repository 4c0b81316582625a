#include "small_text_file.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace btcw::cli {
namespace {

struct Closed {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Error failure(const std::filesystem::path& path) {
  const Errc code = errno == ENOENT ? Errc::not_found : Errc::unavailable;
  return {code, "cannot read " + path.string() + ": " +
                    std::error_code{errno, std::generic_category()}.message()};
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const std::unique_ptr<std::FILE, Closed> file{std::fopen(path.c_str(), "re")};
  if (!file) return failure(path);
  std::string text(max_bytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return failure(path);
  if (text.size() > max_bytes) {
    return Error{Errc::bad_data,
                 path.string() + " is larger than " + std::to_string(max_bytes) + " bytes"};
  }
  return text;
}

}  // namespace btcw::cli
