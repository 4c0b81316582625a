#include "btcw/net/curl_mail.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "btcw/net/curl_error.h"

namespace btcw {
namespace {

constexpr std::size_t kMaxSendBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxReceiveBytes = 4096;

int curl_events_of(short poll_events) {
  int events = 0;
  if ((poll_events & (POLLIN | POLLHUP)) != 0) events |= CURL_CSELECT_IN;
  if ((poll_events & POLLOUT) != 0) events |= CURL_CSELECT_OUT;
  if ((poll_events & (POLLERR | POLLNVAL)) != 0) events |= CURL_CSELECT_ERR;
  return events;
}

// Failures that no reply of the server explains.
bool is_before_smtp(CURLcode code) {
  return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
         code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY ||
         code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
         code == CURLE_SSL_CACERT_BADFILE || code == CURLE_OPERATION_TIMEDOUT;
}

}  // namespace

CurlMail::CurlMail(MailRequest request, MailDone done, const CurlSettings& settings, SteadyTime now)
    : request_{std::move(request)},
      done_{std::move(done)},
      settings_{settings},
      connect_deadline_{now + request_.connect_timeout},
      deadline_{now + request_.timeout},
      trust_source_{first_trust_source(settings)},
      now_{now} {}

CurlMail::~CurlMail() { close(); }

void CurlMail::close() {
  const bool is_between_commands =
      dialogue_ && outcome_ && outcome_->has_value() && dialogue_->outgoing().empty();
  if (handle_ && is_between_commands) {
    // As a courtesy: nobody waits for the answer.
    constexpr std::string_view kQuit = "QUIT\r\n";
    std::size_t count = 0;
    (void)::curl_easy_send(handle_.get(), kQuit.data(), kQuit.size(), &count);
  }
  if (multi_ && handle_) ::curl_multi_remove_handle(multi_.get(), handle_.get());
  handle_.reset();
  multi_.reset();
  sockets_.clear();
  socket_ = CURL_SOCKET_BAD;
  curl_timer_ = SteadyTime::max();
}

void CurlMail::conclude(Result<MailAnswer> result) {
  outcome_ = std::move(result);
  stage_ = Stage::over;
  close();
}

HttpProgress CurlMail::progress() const {
  return dialogue_ ? dialogue_->progress() : HttpProgress::not_sent;
}

void CurlMail::add_waits(std::vector<curl_waitfd>& waits) const {
  waits.insert(waits.end(), sockets_.begin(), sockets_.end());
  if (stage_ != Stage::talking) return;
  short events = CURL_WAIT_POLLIN;
  if (!dialogue_->outgoing().empty()) events |= CURL_WAIT_POLLOUT;
  waits.push_back({.fd = socket_, .events = events, .revents = 0});
}

SteadyTime CurlMail::wake_at() const {
  switch (stage_) {
    case Stage::new_connection:
    case Stage::over:
      return now_;
    case Stage::connecting:
      // Past its moment, the limit for connecting is either kept or over.
      return std::min(
          {deadline_, curl_timer_, connect_deadline_ > now_ ? connect_deadline_ : deadline_});
    case Stage::talking:
      return deadline_;
  }
  return now_;
}

void CurlMail::advance(SteadyTime now) {
  now_ = now;
  if (stage_ == Stage::new_connection) {
    if (auto begun = connect(now); !begun) return conclude(std::move(begun).error());
  }
  if (stage_ == Stage::connecting) drive_curl(now);
  if (stage_ == Stage::talking) talk();
  if (stage_ == Stage::over || stage_ == Stage::new_connection) return;
  const bool no_connection =
      stage_ == Stage::connecting && now >= connect_deadline_ && !is_connected(handle_.get());
  if (no_connection) return on_connected(CURLE_OPERATION_TIMEDOUT);
  if (now < deadline_) return;
  conclude(Error{Errc::unavailable,
                 origin_.label() + ": no complete answer within " + to_string(request_.timeout)});
}

void CurlMail::drive_curl(SteadyTime now) {
  int running = 0;
  const auto sockets = sockets_;
  for (const curl_waitfd& each : sockets) {
    pollfd ready{.fd = each.fd, .events = 0, .revents = 0};
    if ((each.events & CURL_WAIT_POLLIN) != 0) ready.events |= POLLIN;
    if ((each.events & CURL_WAIT_POLLOUT) != 0) ready.events |= POLLOUT;
    if (::poll(&ready, 1, 0) <= 0) continue;
    ::curl_multi_socket_action(multi_.get(), each.fd, curl_events_of(ready.revents), &running);
  }
  if (now >= curl_timer_) {
    curl_timer_ = SteadyTime::max();
    ::curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running);
  }
  int left = 0;
  const CURLMsg* message = ::curl_multi_info_read(multi_.get(), &left);
  if (message != nullptr && message->msg == CURLMSG_DONE) on_connected(message->data.result);
}

void CurlMail::on_connected(CURLcode code) {
  if (code != CURLE_OK) return on_refused(code);
  if (!request_.user.empty() && !extensions_.auth) {
    return conclude(
        Error{Errc::rejected, origin_.label() + ": the server does not offer signing in"});
  }
  ::curl_easy_getinfo(handle_.get(), CURLINFO_ACTIVESOCKET, &socket_);
  if (socket_ == CURL_SOCKET_BAD) return conclude(to_error(CURLE_RECV_ERROR));
  dialogue_.emplace(request_, extensions_);
  request_.message = {};  // the dialogue has it
  stage_ = Stage::talking;
}

void CurlMail::on_refused(CURLcode code) {
  const CurlFailure failure{.code = code,
                            .handle = handle_.get(),
                            .reason = reason_.data(),
                            .connect_timeout = request_.connect_timeout,
                            .timeout = request_.timeout,
                            .origin = origin_,
                            .proxy = proxy_ ? &*proxy_ : nullptr};
  // A certificate that the folder does not vouch for, a proxy that is not there: nothing was sent
  // yet, and there is another way.
  if (code == CURLE_PEER_FAILED_VERIFICATION && trust_source_ == TrustSource::system_folder &&
      !settings_.trust.bundle.empty()) {
    trust_source_ = TrustSource::system_bundle;
    stage_ = Stage::new_connection;
  } else if (settings_.options.fallback_direct && is_proxy_unreachable(failure)) {
    lost_proxy_ = proxy_;
    proxy_use_ = ProxyUse::none;
    connect_deadline_ = now_ + request_.connect_timeout;
    stage_ = Stage::new_connection;
  } else if (code == CURLE_LOGIN_DENIED && last_reply_.code < 400) {
    conclude(Error{Errc::rejected, origin_.label() + ": signing in in no way that both know"});
  } else if (code == CURLE_LOGIN_DENIED && last_reply_.code >= 500) {
    // Without the reply's text: a server may say back what it was told.
    conclude(Error{Errc::rejected, origin_.label() + ": signing in is refused: " +
                                       std::to_string(last_reply_.code)});
  } else if (last_reply_.is_refusal() && !is_before_smtp(code) && code != CURLE_USE_SSL_FAILED) {
    conclude(MailAnswer{.code = last_reply_.code, .text = last_reply_.text});
  } else {
    conclude(to_error(code));
  }
}

void CurlMail::talk() {
  // As long as one of them gets on, the other may too.
  while (send_some() || receive_some()) {
  }
  if (stage_ != Stage::talking || !dialogue_->outcome()) return;
  auto result = *dialogue_->outcome();
  conclude(std::move(result).within(origin_.label()));
}

bool CurlMail::send_some() {
  if (dialogue_->outcome()) return false;
  const std::string_view bytes = dialogue_->outgoing().substr(0, kMaxSendBytes);
  if (bytes.empty()) return false;
  std::size_t count = 0;
  const CURLcode code = ::curl_easy_send(handle_.get(), bytes.data(), bytes.size(), &count);
  // The server may have said why before it closed: reading tells.
  if (code != CURLE_OK) return false;
  dialogue_->sent(count);
  return count > 0;
}

bool CurlMail::receive_some() {
  if (dialogue_->outcome()) return false;
  std::array<char, kMaxReceiveBytes>
      piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written
  std::size_t count = 0;
  const CURLcode code = ::curl_easy_recv(handle_.get(), piece.data(), piece.size(), &count);
  if (code == CURLE_AGAIN) return false;
  if (code != CURLE_OK || count == 0) {
    conclude(Error{Errc::unavailable, origin_.label() + ": closed without an answer"});
    return false;
  }
  dialogue_->receive({piece.data(), count});
  return true;
}

Error CurlMail::to_error(CURLcode code) const {
  const std::string host = origin_.label();
  if (code == CURLE_USE_SSL_FAILED) {
    return {Errc::unavailable, host + ": the server does not offer STARTTLS"};
  }
  if (code == CURLE_OPERATION_TIMEDOUT && is_connected(handle_.get()) && !proxy_) {
    return {Errc::unavailable, host + ": no complete answer within " + to_string(request_.timeout)};
  }
  if (code == CURLE_WEIRD_SERVER_REPLY) return {Errc::unavailable, host + ": answer is not SMTP"};
  return describe(CurlFailure{.code = code,
                              .handle = handle_.get(),
                              .reason = reason_.data(),
                              .connect_timeout = request_.connect_timeout,
                              .timeout = request_.timeout,
                              .origin = origin_,
                              .proxy = proxy_ ? &*proxy_ : nullptr});
}

}  // namespace btcw
