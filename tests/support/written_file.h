#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

#include "support/temp_folder.h"

namespace btcw::test {

/// The path of a new file in the folder, with the folders above it; it holds `text`.
inline std::filesystem::path written(const TempFolder& folder, const std::filesystem::path& name,
                                     std::string_view text) {
  const std::filesystem::path path = folder.path() / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << text;
  return path;
}

}  // namespace btcw::test
