#include "support/tls_identity.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace btcw::test {
namespace {

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
};
struct CertificateDeleter {
  void operator()(X509* certificate) const { ::X509_free(certificate); }
};
struct ExtensionDeleter {
  void operator()(X509_EXTENSION* extension) const { ::X509_EXTENSION_free(extension); }
};
struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyDeleter>;
using Certificate = std::unique_ptr<X509, CertificateDeleter>;

constexpr long kDay = 24L * 60 * 60;

struct CertificateOptions {
  std::string name;
  std::string alternative_names = {};
  bool is_authority = false;
  long not_before = -kDay;  // seconds from now
  long not_after = kDay;
  long serial = 1;
};

void add_extension(X509* certificate, int nid, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, ExtensionDeleter> extension{
      ::X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str())};
  if (!extension || ::X509_add_ext(certificate, extension.get(), -1) != 1) {
    throw std::runtime_error{"no certificate extension " + value};
  }
}

// `issuer` null: signed by itself.
Certificate make_certificate(const CertificateOptions& options, EVP_PKEY* key, X509* issuer,
                             EVP_PKEY* issuer_key) {
  Certificate certificate{::X509_new()};
  ::X509_set_version(certificate.get(), 2);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate.get()), options.serial);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), options.not_before);
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), options.not_after);
  ::X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = ::X509_get_subject_name(certificate.get());
  ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(options.name.c_str()), -1, -1,
                               0);
  ::X509_set_issuer_name(certificate.get(),
                         issuer != nullptr ? ::X509_get_subject_name(issuer) : name);
  if (options.is_authority) {
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  }
  if (!options.alternative_names.empty()) {
    add_extension(certificate.get(), NID_subject_alt_name, options.alternative_names);
  }
  if (::X509_sign(certificate.get(), issuer_key != nullptr ? issuer_key : key, ::EVP_sha256()) ==
      0) {
    throw std::runtime_error{"cannot sign a certificate"};
  }
  return certificate;
}

std::filesystem::path write_pem(X509* certificate) {
  std::string name = (std::filesystem::temp_directory_path() / "btcw-test-ca-XXXXXX").string();
  const int fd = ::mkstemp(name.data());
  if (fd < 0) throw std::runtime_error{"cannot write " + name};
  const std::unique_ptr<std::FILE, FileCloser> file{::fdopen(fd, "w")};
  ::PEM_write_X509(file.get(), certificate);
  return name;
}

// EVP_EC_gen() without its cast, which drops const.
Key make_key() { return Key{::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")}; }

}  // namespace

TlsIdentity::TlsIdentity(ServerTls kind) {
  const Key ca_key = make_key();
  // Authorities of one name would be told apart by their signatures only.
  std::uint32_t number = 0;
  ::RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number);
  const Certificate ca =
      make_certificate({.name = "btcw test CA " + std::to_string(number), .is_authority = true},
                       ca_key.get(), nullptr, nullptr);
  ca_file_ = write_pem(ca.get());

  CertificateOptions options{
      .name = "localhost", .alternative_names = "DNS:localhost,IP:127.0.0.1", .serial = 2};
  if (kind == ServerTls::wrong_host) options.alternative_names = "DNS:elsewhere.example";
  if (kind == ServerTls::expired) {
    options.not_before = -2 * kDay;
    options.not_after = -kDay;
  }
  const bool by_itself = kind == ServerTls::self_signed;
  const Key key = make_key();
  const Certificate certificate = make_certificate(
      options, key.get(), by_itself ? nullptr : ca.get(), by_itself ? nullptr : ca_key.get());
  context_.reset(::SSL_CTX_new(::TLS_server_method()));
  ::SSL_CTX_use_certificate(context_.get(), certificate.get());
  ::SSL_CTX_use_PrivateKey(context_.get(), key.get());
}

TlsIdentity::~TlsIdentity() {
  std::error_code ignored;
  std::filesystem::remove(ca_file_, ignored);
}

}  // namespace btcw::test
