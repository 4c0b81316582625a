#include "btcw/net/system_trust.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace btcw {
namespace {

bool is_hash_name(std::string_view name) {
  constexpr std::size_t kHashDigits = 8;
  if (name.size() != kHashDigits + 2 || name[kHashDigits] != '.') return false;
  const auto is_hex = [](unsigned char character) { return std::isxdigit(character) != 0; };
  return std::all_of(name.begin(), name.begin() + kHashDigits, is_hex);
}

}  // namespace

bool is_hashed_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::directory_iterator entry{folder, error};
  while (!error && entry != std::filesystem::directory_iterator{}) {
    if (is_hash_name(entry->path().filename().string())) return true;
    entry.increment(error);
  }
  return false;
}

SystemTrust find_system_trust() {
  const curl_version_info_data* const built = ::curl_version_info(CURLVERSION_NOW);
  if (built->age < CURLVERSION_SEVENTH) return {};
  SystemTrust trust;
  if (built->cainfo != nullptr) trust.bundle = built->cainfo;
  if (built->capath != nullptr && is_hashed_folder(built->capath)) trust.folder = built->capath;
  return trust;
}

}  // namespace btcw
