#include "state_backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <vector>

#include "btcw/base/paths.h"
#include "btcw/store/backup.h"

namespace btcw::cli {
namespace {

constexpr std::string_view kSuffix = ".db";

// "20261123T040000Z": sorts as the times do, and stands in a file name anywhere.
std::string stamp_of(UtcTime now) {
  std::string text = to_rfc3339(std::chrono::floor<seconds>(now));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

bool is_stamp(std::string_view text) {
  constexpr std::size_t kLength = 16;
  if (text.size() != kLength || text[8] != 'T' || text.back() != 'Z') return false;
  return std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) ==
         kLength - 2;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator each{folder, error};
  for (; !error && each != std::filesystem::directory_iterator{}; each.increment(error)) {
    names.push_back(each->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Removes the oldest copies of a database; what is called otherwise is not ours.
void keep_newest(const std::filesystem::path& folder, const std::string& database,
                 std::size_t keep) {
  std::vector<std::string> copies;
  for (std::string& name : names_in(folder)) {
    if (!name.starts_with(database + "-") || !name.ends_with(kSuffix)) continue;
    const std::size_t begin = database.size() + 1;
    if (!is_stamp(std::string_view{name}.substr(begin, name.size() - begin - kSuffix.size()))) {
      continue;
    }
    copies.push_back(std::move(name));
  }
  for (std::size_t i = 0; i + keep < copies.size(); ++i) {
    std::error_code ignored;  // the next backup tries again
    std::filesystem::remove(folder / copies[i], ignored);
  }
}

}  // namespace

Result<std::string> back_up_state(const std::filesystem::path& state,
                                  const std::filesystem::path& folder, std::size_t keep,
                                  UtcTime now) {
  auto made = make_private_folder(folder);
  if (!made) return std::move(made).error();
  std::optional<Error> first;
  std::vector<std::string> copied;
  for (const std::string& name : names_in(state)) {
    if (!name.ends_with(kSuffix)) continue;
    const std::string database = name.substr(0, name.size() - kSuffix.size());
    auto done = back_up_database(state / name, folder / (database + "-" + stamp_of(now) + ".db"));
    if (!done) {
      if (!first) first = std::move(done).error().within(name);
      continue;
    }
    copied.push_back(database);
    keep_newest(folder, database, keep);
  }
  if (first) return *std::move(first);
  if (copied.empty()) return std::string{"there is no database yet"};
  return fmt::format("copied {} to {}", fmt::join(copied, ", "), folder.string());
}

}  // namespace btcw::cli
