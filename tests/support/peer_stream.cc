#include "support/peer_stream.h"

namespace btcw::test {

bool PeerStream::start_tls(SSL_CTX* context) {
  ssl_.reset(::SSL_new(context));
  ::SSL_set_fd(ssl_.get(), peer_.fd());
  return ::SSL_accept(ssl_.get()) == 1;
}

std::size_t PeerStream::read_some(std::span<char> into) const {
  if (!ssl_) return peer_.read_some(into);
  const int count = ::SSL_read(ssl_.get(), into.data(), static_cast<int>(into.size()));
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

bool PeerStream::write_all(std::string_view bytes) const {
  if (!ssl_) return peer_.write_all(bytes);
  return bytes.empty() || ::SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
}

}  // namespace btcw::test
