#pragma once

#include <string>
#include <string_view>

namespace btcw {

/// A text that must not be seen: kept off the disk where the system allows that, wiped from memory
/// when it goes, never formatted, move-only.
///
/// There is no operator<< and no fmt formatter; what needs the bytes says reveal().
class Secret {
 public:
  Secret() = default;
  /// Takes the text over and wipes what `text` left behind.
  explicit Secret(std::string text);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  [[nodiscard]] std::string_view reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] Secret clone() const;

 private:
  std::string text_;
};

/// Asks the system never to write that memory to a disk. Best effort: the limit on such memory may
/// be reached, and then it is as any other.
void keep_in_memory(const void* data, std::size_t size);

/// Overwrites `size` bytes at `data` in a way that no compiler removes.
void wipe(void* data, std::size_t size);

}  // namespace btcw
