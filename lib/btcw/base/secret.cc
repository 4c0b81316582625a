#include "btcw/base/secret.h"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is not in <cstring>
#include <sys/mman.h>

#include <utility>

namespace btcw {
namespace {

// A short text lies in the string object itself, where moving it leaves a copy.
void wipe_text(std::string& text) {
  text.clear();
  text.resize(text.capacity());
  wipe(text.data(), text.size());
  text.clear();
}

}  // namespace

Secret::Secret(std::string text) : text_{std::move(text)} {
  // A short one lies in the object itself, which may be moved anywhere.
  if (text_.capacity() > std::string{}.capacity()) keep_in_memory(text_.data(), text_.size());
  wipe_text(text);  // NOLINT(bugprone-use-after-move): for what the move left
}

Secret::Secret(Secret&& other) noexcept : text_{std::move(other.text_)} { wipe_text(other.text_); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe_text(text_);
  text_ = std::move(other.text_);
  wipe_text(other.text_);
  return *this;
}

Secret::~Secret() { wipe_text(text_); }

Secret Secret::clone() const { return Secret{text_}; }

void keep_in_memory(const void* data, std::size_t size) {
  // Never undone: the page may hold another secret.
  static_cast<void>(::mlock(data, size));
}

void wipe(void* data, std::size_t size) { ::explicit_bzero(data, size); }

}  // namespace btcw
