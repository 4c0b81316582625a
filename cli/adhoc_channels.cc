#include "adhoc_channels.h"

#include <fmt/format.h>

#include "btcw/notify/channel.h"
#include "btcw/token/sha2.h"
#include "new_file.h"
#include "small_text_file.h"

namespace btcw::cli {
namespace {

constexpr std::size_t kMostBytes = 8192;
constexpr std::size_t kNameBytes = 12;

std::string name_of(std::string_view url) {
  const token::Digest digest = token::sha2(token::Hash::sha256, url);
  std::string name;
  for (const char byte : digest.view().substr(0, kNameBytes)) {
    name += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return name;
}

bool is_name(std::string_view name) {
  return name.size() == 2 * kNameBytes &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::string> url_of(std::string_view argument) {
  if (!argument.starts_with('@')) return std::string{argument};
  auto text = read_text_file(argument.substr(1), kMostBytes);
  if (!text) return text;
  return text->substr(0, text->find_first_of("\r\n"));
}

}  // namespace

Result<std::string> AdHocChannels::keep(std::string_view argument) const {
  const auto url = url_of(argument);
  if (!url) return url.error();
  const std::string name = name_of(*url);
  if (const auto channel = channel_from_url(*url, "adhoc:" + name); !channel) {
    return channel.error();
  }
  const auto path = folder_ / name;
  auto written = write_new_file(path, *url);
  if (!written && written.error().code == Errc::rejected) {
    if (const auto there = read_text_file(path, kMostBytes); there && *there == *url) {
      return "adhoc:" + name;
    }
    // Left half written by a process that died.
    std::error_code ignored;  // then the next line tells
    std::filesystem::remove(path, ignored);
    written = write_new_file(path, *url);
  }
  if (!written) return written.error();
  return "adhoc:" + name;
}

Result<std::string> AdHocChannels::read(std::string_view name) const {
  if (!is_name(name)) return Error{Errc::not_found, "no such ad-hoc channel"};
  auto url = read_text_file(folder_ / name, kMostBytes);
  if (!url) return Error{Errc::not_found, "the file of the ad-hoc channel is gone"};
  return url;
}

}  // namespace btcw::cli
