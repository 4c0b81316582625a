#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace btcw::history {

/// A queue with two ends that keeps its room: no allocation once it has been as long as it gets.
template <typename T>
class Ring {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Precondition: at < size().
  [[nodiscard]] const T& operator[](std::size_t at) const { return room_[place(at)]; }
  [[nodiscard]] const T& front() const { return room_[first_]; }
  [[nodiscard]] T& back() { return room_[place(size_ - 1)]; }

  void push_back(const T& value) {
    if (size_ == room_.size()) grow();
    room_[place(size_++)] = value;
  }
  void pop_front() {
    first_ = place(1);
    --size_;
  }
  void pop_back() { --size_; }
  void clear() { size_ = 0; }

 private:
  [[nodiscard]] std::size_t place(std::size_t at) const { return (first_ + at) % room_.size(); }
  void grow() {
    std::vector<T> larger(room_.empty() ? 8 : room_.size() * 2);
    for (std::size_t at = 0; at < size_; ++at) larger[at] = room_[place(at)];
    room_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> room_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace btcw::history
