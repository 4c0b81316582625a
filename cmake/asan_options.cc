// Linked into the programs of an AddressSanitizer build: its defaults there.

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the sanitizer's name
extern "C" const char* __asan_default_options();

// Its look for leaks crashes on the thread-local memory of modules that are loaded while it runs;
// each module has an {fmt} of its own, so that constants of the same size and name are no mistake.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __asan_default_options() {
  return "intercept_tls_get_addr=0:detect_odr_violation=1";
}
