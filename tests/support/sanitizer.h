#pragma once

// BTCW_SANITIZED: this build runs under a sanitizer that takes memory or system calls over.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BTCW_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BTCW_SANITIZED 1
#endif
#endif

namespace btcw::test {
#ifdef BTCW_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
}  // namespace btcw::test
