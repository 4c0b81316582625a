/* Linked into the programs of an AddressSanitizer build: its defaults there. */
const char* __asan_default_options(void);

/* Its look for leaks crashes on the thread-local memory of modules that are loaded while it runs; each module has an
 * {fmt} of its own, so that constants of the same size and name are no mistake. */
const char* __asan_default_options(void) { return "intercept_tls_get_addr=0:detect_odr_violation=1"; }
