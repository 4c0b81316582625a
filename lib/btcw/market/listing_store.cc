#include "btcw/market/listing_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/paths.h"

namespace btcw {
namespace {

constexpr std::string_view kMark = "btcw-listing-1";
constexpr std::size_t kMaxLine = Symbol::kMaxText + 16;
constexpr std::size_t kMaxFile = (kMaxListedPairs + 2) * kMaxLine;

Error failure(std::string_view what) {
  const int code = errno;
  return Error{code == ENOENT ? Errc::not_found : Errc::unavailable,
               std::string{what} + ": " + std::generic_category().message(code)};
}

Error damaged() { return {Errc::bad_data, "the stored list of pairs is damaged"}; }

Result<std::string> read_file(const std::filesystem::path& path) {
  // A FIFO would make open() wait, and a link lead elsewhere.
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)};
  if (!file) return failure("cannot open the list of pairs");
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure("cannot read the list of pairs");
  if (!S_ISREG(status.st_mode) || static_cast<std::size_t>(status.st_size) > kMaxFile) {
    return damaged();
  }
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("cannot read the list of pairs");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

/// Cuts off what stands before `end`, and `end`; nullopt when it is not there.
std::optional<std::string_view> take_until(std::string_view& text, char end) {
  const auto at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at + 1);
  return taken;
}

template <typename T>
std::optional<T> whole_number(std::string_view text) {
  T number{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<ListedPair> parse_pair(std::string_view line) {
  const auto space = std::min(line.find(' '), line.size());
  const std::string_view name = line.substr(0, space);
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto symbol = Symbol::of(name.substr(0, slash), name.substr(slash + 1));
  if (!symbol) return std::nullopt;
  if (space == line.size()) return ListedPair{*symbol};
  const auto state = parse_pair_state(line.substr(space + 1));
  if (!state) return std::nullopt;
  return ListedPair{*symbol, *state};
}

Result<Listing> parse(std::string_view text, const ExchangeName& exchange) {
  const auto mark = take_until(text, ' ');
  const auto name = take_until(text, ' ');
  const auto fetched = take_until(text, ' ');
  const auto count = take_until(text, '\n');
  if (mark != kMark || name != exchange.text() || !fetched || !count) return damaged();
  const auto ms = whole_number<std::int64_t>(*fetched);
  const auto size = whole_number<std::int64_t>(*count);
  constexpr std::int64_t kLastUnixMs = 253'402'300'799'999;  // the end of 9999
  if (!ms || *ms > kLastUnixMs || !size) return damaged();
  std::vector<ListedPair> pairs;
  while (const auto line = take_until(text, '\n')) {
    const auto pair = parse_pair(*line);
    if (!pair) return damaged();
    pairs.push_back(*pair);
  }
  // A line that was cut off stays in `text`.
  if (!text.empty() || pairs.size() != static_cast<std::size_t>(*size)) return damaged();
  return make_listing(exchange, from_unix_ms(*ms), std::move(pairs));
}

std::string text_of(const Listing& listing) {
  std::string text{kMark};
  text.append(" ").append(listing.exchange.text());
  text.append(" ").append(std::to_string(to_unix_ms(listing.fetched)));
  text.append(" ").append(std::to_string(listing.pairs.size())).append("\n");
  for (const ListedPair& pair : listing.pairs) {
    text += pair.symbol.text();
    if (pair.state != PairState::trading) text.append(" ").append(to_string(pair.state));
    text += '\n';
  }
  return text;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(fd) == 0 || errno == EINVAL;
}

}  // namespace

std::filesystem::path ListingStore::file_of(const ExchangeName& exchange) const {
  return folder_ / std::string{exchange.text()};
}

Result<Listing> ListingStore::load(const ExchangeName& exchange) const {
  const auto text = read_file(file_of(exchange));
  if (!text) return text.error();
  return parse(*text, exchange);
}

Result<void> ListingStore::save(const Listing& listing) const {
  if (auto made = make_private_folder(folder_); !made) return made;
  const std::filesystem::path target = file_of(listing.exchange);
  std::string temporary = target.string() + ".XXXXXX";
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return failure("cannot store the list of pairs");
  bool done = write_all(fd, text_of(listing));
  done = ::close(fd) == 0 && done;
  done = done && ::rename(temporary.c_str(), target.c_str()) == 0;
  if (done) return {};
  Error error = failure("cannot store the list of pairs");
  ::unlink(temporary.c_str());
  return error;
}

}  // namespace btcw
