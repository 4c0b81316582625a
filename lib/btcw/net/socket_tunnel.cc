#include "btcw/net/socket_tunnel.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <utility>

namespace btcw {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// One question and its answer.
struct Dialogue {
  Dialogue(SocketWire& to_proxy, TunnelDone teller) : wire{to_proxy}, done{std::move(teller)} {}

  SocketWire& wire;
  TunnelDone done;
  http::request<http::empty_body> question;
  http::response_parser<http::empty_body> answer;
  beast::flat_buffer buffer;
};

/// A step of it. Beast's operations are compiled for this type alone.
struct Step {
  std::shared_ptr<Dialogue> dialogue;  // shared with the operation under way
  void (*next)(const std::shared_ptr<Dialogue>& dialogue);

  void operator()(beast::error_code error, std::size_t) const {
    if (error) return dialogue->done(error, 0);
    next(dialogue);
  }
};

void tell_answer(const std::shared_ptr<Dialogue>& dialogue) {
  dialogue->done({}, dialogue->answer.get().result_int());
}

void hear_answer(const std::shared_ptr<Dialogue>& dialogue) {
  dialogue->answer.skip(true);  // what follows the header is the tunnel already
  http::async_read_header(dialogue->wire, dialogue->buffer, dialogue->answer,
                          Step{dialogue, tell_answer});
}

}  // namespace

void open_tunnel(SocketWire& wire, const SocketProxy& proxy, const HttpOrigin& to,
                 TunnelDone done) {
  const auto dialogue = std::make_shared<Dialogue>(wire, std::move(done));
  const std::string host = to.host.find(':') == std::string::npos ? to.host : '[' + to.host + ']';
  auto& question = dialogue->question;
  question = {http::verb::connect, host + ':' + to.port, 11};
  question.set(http::field::host, host + ':' + to.port);
  question.set(http::field::user_agent, "btcw/" BTCW_VERSION);
  if (!proxy.authorization.empty()) {
    question.set(http::field::proxy_authorization, proxy.authorization);
  }
  http::async_write(wire, question, Step{dialogue, hear_answer});
}

}  // namespace btcw
