// Stands in for the system's resolver in this test program: names that end in ".test" lead to
// 127.0.0.1, those that end in ".slow.test" after two seconds, and those that end in ".lost.test"
// nowhere. No test asks a real name server.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>

#include <chrono>
#include <string_view>
#include <thread>

// NOLINTNEXTLINE(bugprone-reserved-identifier): the C library's own names
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  using Original = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto kOriginal = reinterpret_cast<Original>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  const std::string_view name = node == nullptr ? "" : node;
  if (name.ends_with(".lost.test")) return EAI_NONAME;
  if (name.ends_with(".slow.test")) std::this_thread::sleep_for(std::chrono::seconds{2});
  return kOriginal(name.ends_with(".test") ? "127.0.0.1" : node, service, hints, found);
}
