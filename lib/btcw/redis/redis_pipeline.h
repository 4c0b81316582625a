#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace btcw {

/// Commands that go to Redis in one piece, in the form they have on the wire. Words may hold any
/// bytes.
class RedisPipeline {
 public:
  /// Precondition: `words` is not empty; the first is the command's name.
  void add(std::span<const std::string_view> words);
  void add(std::initializer_list<std::string_view> words) {
    add(std::span{words.begin(), words.size()});
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  /// Keeps its memory.
  void clear();
  /// As clear(), and leaves nothing of the commands in memory: one of them held a password.
  void wipe();

 private:
  std::string bytes_;
  std::size_t size_ = 0;
};

}  // namespace btcw
