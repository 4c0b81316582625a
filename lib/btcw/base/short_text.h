#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace btcw {

/// At most N bytes of text held in place: copied without an allocation, laid out the same in every
/// process.
///
/// Unused bytes are zero, so equal texts have equal bytes. N < 256.
template <std::size_t N>
class ShortText {
  static_assert(N < 256);

 public:
  constexpr ShortText() = default;
  /// Precondition: text.size() <= N.
  constexpr explicit ShortText(std::string_view text)
      : size_{static_cast<std::uint8_t>(text.size())} {
    std::copy(text.begin(), text.end(), bytes_.begin());
  }

  [[nodiscard]] static constexpr bool fits(std::string_view text) { return text.size() <= N; }
  [[nodiscard]] constexpr std::string_view view() const { return {bytes_.data(), size_}; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }

  friend constexpr bool operator==(const ShortText&, const ShortText&) = default;
  friend constexpr auto operator<=>(const ShortText& a, const ShortText& b) {
    return a.view() <=> b.view();
  }

 private:
  std::array<char, N> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace btcw
