#include "support/socket_server.h"

#include <openssl/sha.h>
#include <zlib.h>

#include <array>

#include "btcw/base/base64.h"

namespace btcw::test {
namespace {

constexpr unsigned kFinal = 0x80;
constexpr unsigned kPacked = 0x40;
constexpr unsigned kText = 1;
constexpr unsigned kBinary = 2;
constexpr unsigned kClose = 8;
constexpr unsigned kPing = 9;
constexpr unsigned kPong = 10;

std::string header_of(const std::string& head, std::string_view name) {
  const auto at = head.find("\r\n" + std::string{name} + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + 2 + name.size() + 2;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string accept_of(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  ::SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

/// Without the four bytes that every message ends with (RFC 7692 §7.2.1).
std::string packed(std::string_view message) {
  z_stream stream{};
  ::deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(message.size() + 100, '\0');
  stream.next_in = bytes_of(message);
  stream.avail_in = static_cast<uInt>(message.size());
  stream.next_out = bytes_of(out);
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream.avail_out - 4);
  ::deflateEnd(&stream);
  return out;
}

}  // namespace

bool SocketPeer::fill(std::size_t size) {
  std::array<char, 4096> some{};
  while (buffer_.size() < size) {
    const std::size_t count = stream_.read_some(some);
    if (count == 0) return false;
    buffer_.append(some.data(), count);
  }
  return true;
}

bool SocketPeer::read(std::string& message) {
  for (;;) {
    if (!fill(2)) return false;
    const auto first = static_cast<unsigned char>(buffer_[0]);
    const auto second = static_cast<unsigned char>(buffer_[1]);
    std::size_t size = second & 0x7fU;
    std::size_t at = 2;
    if (size >= 126) {
      const std::size_t count = size == 126 ? 2 : 8;
      if (!fill(at + count)) return false;
      size = 0;
      for (std::size_t i = 0; i < count; ++i) {
        size = size << 8U | static_cast<unsigned char>(buffer_[at++]);
      }
    }
    if ((second & 0x80U) == 0 || !fill(at + 4 + size)) return false;  // clients mask
    std::string payload = buffer_.substr(at + 4, size);
    for (std::size_t i = 0; i < size; ++i) {
      payload[i] = static_cast<char>(payload[i] ^ buffer_[at + i % 4]);
    }
    buffer_.erase(0, at + 4 + size);
    const unsigned kind = first & 0x0fU;
    if (kind == kClose) {
      (void)frame(kFinal | kClose, payload.substr(0, 2));
      return false;
    }
    if (kind == kPing && !frame(kFinal | kPong, payload)) return false;
    if (kind == kPong) ++pongs_;
    if (kind == kPing || kind == kPong) continue;
    message = (first & kPacked) != 0 ? unpacked(payload) : payload;
    return true;
  }
}

std::string SocketPeer::unpacked(const std::string& message) const {
  const std::string whole = message + std::string{"\x00\x00\xff\xff", 4};
  z_stream stream{};
  ::inflateInit2(&stream, -15);
  std::string out(65536, '\0');
  stream.next_in = bytes_of(whole);
  stream.avail_in = static_cast<uInt>(whole.size());
  stream.next_out = bytes_of(out);
  stream.avail_out = static_cast<uInt>(out.size());
  ::inflate(&stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream.avail_out);
  ::inflateEnd(&stream);
  return out;
}

bool SocketPeer::frame(unsigned first_byte, std::string_view payload) const {
  std::string bytes(1, static_cast<char>(first_byte));
  if (payload.size() < 126) {
    bytes += static_cast<char>(payload.size());
  } else {
    const bool is_long = payload.size() > 0xffff;
    bytes += static_cast<char>(is_long ? 127 : 126);
    for (int shift = is_long ? 56 : 8; shift >= 0; shift -= 8) {
      bytes += static_cast<char>(payload.size() >> static_cast<unsigned>(shift) & 0xffU);
    }
  }
  return raw(bytes.append(payload));
}

bool SocketPeer::text(std::string_view message) const {
  if (deflate_) return frame(kFinal | kPacked | kText, packed(message));
  return frame(kFinal | kText, message);
}

bool SocketPeer::binary(std::string_view message) const { return frame(kFinal | kBinary, message); }

void SocketPeer::close(std::uint16_t code, std::string_view reason) const {
  std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
  (void)frame(kFinal | kClose, payload.append(reason));
}

SocketServer::SocketServer(Serve serve, SocketServerOptions options)
    : serve_{std::move(serve)}, options_{std::move(options)} {
  if (options_.tls != ServerTls::none) identity_ = std::make_unique<TlsIdentity>(options_.tls);
  service_ = std::make_unique<TcpService>([this](Peer& peer) { run(peer); });
}

std::string SocketServer::url() const {
  return (options_.tls == ServerTls::none ? "ws://127.0.0.1:" : "wss://127.0.0.1:") +
         std::to_string(port());
}

std::vector<std::string> SocketServer::heads() const {
  const std::lock_guard lock{mutex_};
  return heads_;
}

void SocketServer::run(const Peer& peer) {
  PeerStream stream{peer};
  if (options_.handshake_delay.count() > 0 && !peer.pause(options_.handshake_delay)) return;
  if (identity_ && !stream.start_tls(identity_->context())) return;
  std::string head;
  std::array<char, 1> byte{};
  while (!head.ends_with("\r\n\r\n")) {
    if (stream.read_some(byte) == 0) return;
    head += byte[0];
  }
  {
    const std::lock_guard lock{mutex_};
    heads_.push_back(head);
  }
  if (options_.status != 101) {
    (void)stream.write_all("HTTP/1.1 " + std::to_string(options_.status) + " No\r\n" +
                           options_.headers + "Content-Length: 0\r\n\r\n");
    return;
  }
  const bool deflate = options_.deflate && head.find("permessage-deflate") != std::string::npos;
  std::string answer =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      accept_of(header_of(head, "Sec-WebSocket-Key")) + "\r\n";
  if (deflate) {
    answer +=
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
        "client_no_context_takeover\r\n";
  }
  if (!stream.write_all(answer + "\r\n")) return;
  SocketPeer socket{stream, deflate};
  serve_(socket);
}

}  // namespace btcw::test
