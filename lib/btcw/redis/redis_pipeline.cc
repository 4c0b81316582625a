#include "btcw/redis/redis_pipeline.h"

#include <array>
#include <charconv>

#include "btcw/base/secret.h"

namespace btcw {
namespace {

void append_length(char kind, std::size_t length, std::string& out) {
  std::array<char, 24> text{};
  text[0] = kind;
  char* const end = std::to_chars(text.data() + 1, text.data() + text.size() - 2, length).ptr;
  end[0] = '\r';
  end[1] = '\n';
  out.append(text.data(), end + 2);
}

}  // namespace

void RedisPipeline::add(std::span<const std::string_view> words) {
  append_length('*', words.size(), bytes_);
  for (const std::string_view word : words) {
    append_length('$', word.size(), bytes_);
    bytes_.append(word).append("\r\n");
  }
  ++size_;
}

void RedisPipeline::clear() {
  bytes_.clear();
  size_ = 0;
}

void RedisPipeline::wipe() {
  btcw::wipe(bytes_.data(), bytes_.size());
  clear();
}

}  // namespace btcw
