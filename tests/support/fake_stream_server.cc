#include "support/fake_stream_server.h"

#include <sys/socket.h>

#include <chrono>
#include <thread>

#include "support/fake_stream_frames.h"

namespace btcw::test {
namespace {

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

}  // namespace

FakeStreamServer::FakeStreamServer(std::string exchange, SocketServerOptions options)
    : exchange_{std::move(exchange)},
      server_{std::make_unique<SocketServer>([this](SocketPeer& peer) { serve(peer); },
                                             std::move(options))} {}

bool FakeStreamServer::send(const Guest& guest, std::string_view frame) const {
  const bool is_binary = exchange_ == "htx" || (exchange_ == "mexc" && !frame.starts_with('{'));
  return is_binary ? guest.peer->binary(frame) : guest.peer->text(frame);
}

bool FakeStreamServer::speak(Guest& guest, const StreamSpeech& speech) {
  for (const std::string& frame : speech.frames) {
    if (!send(guest, frame)) return false;
  }
  if (speech.breach.empty()) return true;
  breaches_.push_back(speech.breach);
  return false;
}

void FakeStreamServer::serve(SocketPeer& peer) {
  std::list<Guest>::iterator guest;
  {
    const std::lock_guard lock{mutex_};
    if (refuse_) return;
    guest = guests_.insert(guests_.end(), Guest{&peer, FakeStream{exchange_, steady_now()}});
    (void)speak(*guest, guest->stream.greet());
  }
  std::string message;
  while (peer.read(message)) {
    const std::lock_guard lock{mutex_};
    if (!speak(*guest, guest->stream.hear(message, steady_now()))) break;
  }
  const std::lock_guard lock{mutex_};
  guests_.erase(guest);
}

std::size_t FakeStreamServer::push(const std::string& symbol, const FakeQuote& quote) {
  const std::lock_guard lock{mutex_};
  std::size_t heard = 0;
  for (Guest& guest : guests_) {
    const auto frames = guest.stream.tick(symbol, quote, steady_now());
    for (const std::string& frame : frames) (void)send(guest, frame);
    if (!frames.empty()) ++heard;
  }
  return heard;
}

std::size_t FakeStreamServer::say(std::string_view frame) {
  const std::lock_guard lock{mutex_};
  for (const Guest& guest : guests_) (void)send(guest, frame);
  return guests_.size();
}

bool FakeStreamServer::wait_for(const std::string& symbol, milliseconds limit) {
  const std::string native = stream_spelling(exchange_, symbol);
  for (const SteadyTime until = steady_now() + limit; steady_now() < until;) {
    {
      const std::lock_guard lock{mutex_};
      for (const Guest& guest : guests_) {
        if (guest.stream.subscribed().contains(native)) return true;
      }
    }
    std::this_thread::sleep_for(milliseconds{5});
  }
  return false;
}

void FakeStreamServer::cut() {
  const std::lock_guard lock{mutex_};
  for (const Guest& guest : guests_) ::shutdown(guest.peer->peer().fd(), SHUT_RDWR);
}

void FakeStreamServer::refuse(bool refuse) {
  const std::lock_guard lock{mutex_};
  refuse_ = refuse;
}

std::vector<std::string> FakeStreamServer::breaches() const {
  const std::lock_guard lock{mutex_};
  return breaches_;
}

}  // namespace btcw::test
