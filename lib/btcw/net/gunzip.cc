#include "btcw/net/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace btcw {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr std::size_t kFirstRoom = std::size_t{16} * 1024;

/// One unpacking from its beginning to its end.
class Inflater {
 public:
  Inflater() : ready_{inflateInit2(&stream_, kGzipOnly) == Z_OK} {}
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_;
};

}  // namespace

Result<std::string_view> gunzip(std::string_view packed, std::string& memory,
                                std::size_t max_bytes) {
  Inflater inflater;
  if (!inflater.ready() || packed.size() > std::numeric_limits<uInt>::max()) {
    return Error{Errc::bad_data, "gzip: cannot be unpacked"};
  }
  z_stream& stream = inflater.stream();
  // zlib reads from it only; its old interface does not say so.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  if (memory.size() < kFirstRoom) memory.resize(kFirstRoom);
  std::size_t size = 0;
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(memory.data() + size);
    const std::size_t room = std::min(memory.size(), max_bytes) - size;
    stream.avail_out = static_cast<uInt>(room);
    const int state = inflate(&stream, Z_NO_FLUSH);
    size += room - stream.avail_out;
    if (state == Z_STREAM_END) break;
    if (state != Z_OK || stream.avail_out != 0) {
      return Error{Errc::bad_data, "gzip: damaged or cut short"};
    }
    if (size >= max_bytes) return Error{Errc::bad_data, "gzip: too big when unpacked"};
    memory.resize(std::min(memory.size() * 2, max_bytes));
  }
  if (stream.avail_in != 0) return Error{Errc::bad_data, "gzip: something behind its end"};
  return std::string_view{memory}.substr(0, size);
}

}  // namespace btcw
