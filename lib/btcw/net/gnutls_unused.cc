// Debian's libcurl brings GnuTLS along for RTMP and LDAP, which btcw does not speak. Loading GnuTLS
// would prepare it for use; it asks this function whether to (GNUTLS_SKIP_GLOBAL_INIT in gnutls.h).
// Whoever uses it after all calls gnutls_global_init(), as curl does where it is built with it.

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): GnuTLS's name
extern "C" int _gnutls_global_init_skip();
extern "C" int _gnutls_global_init_skip() { return 1; }
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
