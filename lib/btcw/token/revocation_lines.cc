#include "btcw/token/revocation_lines.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace btcw::token {
namespace {

// For good comes last, behind every moment.
bool ends_later(const Revocation& a, const Revocation& b) {
  if (!b.until) return false;
  return !a.until || *a.until > *b.until;
}

void sort_and_merge(std::vector<Revocation>& revocations) {
  using Ordered = std::pair<std::uint64_t, Revocation>;
  std::vector<Ordered> ordered;
  ordered.reserve(revocations.size());
  for (Revocation& revocation : revocations) {
    const std::uint64_t order = order_of(revocation.jti);
    ordered.emplace_back(order, std::move(revocation));
  }
  std::sort(ordered.begin(), ordered.end(), [](const Ordered& a, const Ordered& b) {
    if (a.first != b.first) return a.first < b.first;
    if (a.second.jti != b.second.jti) return a.second.jti < b.second.jti;
    return ends_later(a.second, b.second);
  });
  revocations.clear();
  for (Ordered& next : ordered) {
    if (!revocations.empty() && revocations.back().jti == next.second.jti) continue;
    revocations.push_back(std::move(next.second));
  }
}

}  // namespace

Result<Layout> read_layout(const FileHandle& file) {
  const auto status = file.status();
  if (!status) return status.error();
  const auto size = static_cast<std::size_t>(status->st_size);
  const auto first = file.read(0, std::min(size, kFileHeaderBytes));
  if (!first) return first.error();
  // The first line and the first record come in one write: without an end to the line nothing was
  // acknowledged.
  if (first->size() < kFileHeaderBytes && first->find('\n') == std::string::npos) return Layout{};
  const auto sorted = read_file_header(*first);
  if (!sorted) return sorted.error();
  if (*sorted > size - kFileHeaderBytes) {
    return Error{Errc::bad_data, "it was cut short"};
  }
  return Layout{.sorted_end = kFileHeaderBytes + *sorted, .size = size};
}

Result<Records> read_all(const FileHandle& file, Damage damage) {
  Records records;
  const auto layout = read_layout(file);
  const bool goes_on =
      layout || (layout.error().code == Errc::bad_data && damage == Damage::is_counted);
  if (!goes_on) return layout.error();
  if (layout && layout->size == 0) return records;
  const auto status = file.status();
  if (!status) return status.error();
  const auto text = file.read(0, static_cast<std::size_t>(status->st_size));
  if (!text) return text.error();
  Lines lines{*text};
  // The first line is no record.
  if (layout) lines.next();
  while (const auto line = lines.next()) {
    auto record = read_record(*line);
    if (record) {
      records.revocations.push_back(*std::move(record));
    } else {
      ++records.damaged;
    }
  }
  if (damage == Damage::is_an_error && records.damaged != 0) {
    return Error{Errc::bad_data, std::to_string(records.damaged) + " damaged records"};
  }
  sort_and_merge(records.revocations);
  return records;
}

}  // namespace btcw::token
