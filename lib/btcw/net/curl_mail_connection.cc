// How a mail's connection is asked for, and what curl tells of it.
#include <algorithm>
#include <utility>

#include "btcw/base/mail_address.h"
#include "btcw/net/curl_mail.h"

namespace btcw {
namespace {

bool is_this_machine(std::string_view host) {
  return host == "localhost" || host == "::1" || is_proxy_exception("127.0.0.0/8", host);
}

}  // namespace

Result<void> CurlMail::check() const {
  const auto is_bad = [](const std::string& address) { return !is_mail_address(address); };
  if (is_bad(request_.sender) || request_.recipients.empty() ||
      std::any_of(request_.recipients.begin(), request_.recipients.end(), is_bad)) {
    return Error{Errc::invalid_input, origin_.label() + ": not a mail address to send from or to"};
  }
  constexpr std::string_view kForbidden{"\r\n\0", 3};
  if (request_.user.find_first_of(kForbidden) != std::string::npos ||
      request_.password.reveal().find_first_of(kForbidden) != std::string_view::npos) {
    return Error{Errc::invalid_input,
                 origin_.label() + ": not a user and password that can be sent"};
  }
  return {};
}

Result<void> CurlMail::connect(SteadyTime now) {
  auto origin = parse_mail_url(request_.url);
  if (!origin) return std::move(origin).error();
  origin_ = *std::move(origin);
  if (auto checked = check(); !checked) return checked;
  std::optional<std::string> proxy_url;
  if (proxy_use_ == ProxyUse::as_configured) proxy_url = settings_.proxies.proxy_for(origin_);
  proxy_.reset();
  if (proxy_url) {
    auto proxy = parse_proxy_url(*proxy_url);
    if (!proxy) return std::move(proxy).error();
    proxy_ = *std::move(proxy);
  }
  close();
  extensions_ = {};
  replies_ = {};
  last_reply_ = {};
  reason_.fill('\0');
  multi_.reset(::curl_multi_init());
  handle_.reset(::curl_easy_init());
  if (!multi_ || !handle_) return Error{Errc::unavailable, "out of memory"};
  const auto remaining = std::chrono::ceil<milliseconds>(deadline_ - now);
  if (const CURLcode code = set_options(proxy_url, std::max(remaining, milliseconds{1}));
      code != CURLE_OK) {
    return to_error(code);
  }
  stage_ = Stage::connecting;
  curl_timer_ = now;
  if (::curl_multi_add_handle(multi_.get(), handle_.get()) != CURLM_OK) {
    return Error{Errc::unavailable, "out of memory"};
  }
  return {};
}

bool CurlMail::needs_tls() const {
  switch (request_.security) {
    case MailSecurity::required:
      return true;
    case MailSecurity::opportunistic:
      return !request_.user.empty() && !is_this_machine(origin_.host);
  }
  return true;
}

CURLcode CurlMail::set_options(const std::optional<std::string>& proxy_url,
                               milliseconds remaining) {
  ::curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &CurlMail::on_socket);
  ::curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  ::curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &CurlMail::on_timer);
  ::curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  const std::string host =
      origin_.host.find(':') == std::string::npos ? origin_.host : '[' + origin_.host + ']';
  url_ = origin_.scheme + "://" + host + ':' + origin_.port;
  CurlOptionSetter options{handle_.get()};
  options.set(CURLOPT_ERRORBUFFER, reason_.data());
  options.set(CURLOPT_NOSIGNAL, 1L);
  options.set(CURLOPT_QUICK_EXIT, 1L);
  options.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  options.set(CURLOPT_URL, url_.c_str());
  options.set(CURLOPT_CONNECT_ONLY, 1L);
  options.set(CURLOPT_HTTPPROXYTUNNEL, 1L);
  options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  options.set(CURLOPT_USE_SSL, needs_tls() ? long{CURLUSESSL_ALL} : long{CURLUSESSL_TRY});
  // To curl, greeting and signing in belong to connecting. Its own limit for that is ours.
  options.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(remaining.count()));
  options.set(CURLOPT_TIMEOUT_MS, static_cast<long>(remaining.count()));
  options.set(CURLOPT_HEADERFUNCTION, &CurlMail::on_reply_line);
  options.set(CURLOPT_HEADERDATA, this);
  if (!request_.user.empty()) {
    options.set(CURLOPT_USERNAME, request_.user.c_str());
    std::string password{request_.password.reveal()};
    options.set(CURLOPT_PASSWORD, password.c_str());
    wipe(password.data(), password.size());
  }
  CURLcode code = options.code();
  if (code == CURLE_OK) code = set_proxy_options(handle_.get(), settings_, proxy_url);
  if (code == CURLE_OK) code = set_tls_options(handle_.get(), settings_, trust_source_);
  return code;
}

std::size_t CurlMail::on_reply_line(char* data, std::size_t size, std::size_t count, void* self) {
  auto& mail = *static_cast<CurlMail*>(self);
  const std::string_view line{data, size * count};
  // Greeting, or the answer to STARTTLS: what was said before does not count any more.
  if (line.starts_with("220")) mail.extensions_ = {};
  mail.extensions_.note(line);
  mail.replies_.feed(line);
  while (auto reply = mail.replies_.next()) mail.last_reply_ = *std::move(reply);
  return line.size();
}

int CurlMail::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
  auto& mail = *static_cast<CurlMail*>(self);
  std::erase_if(mail.sockets_, [fd](const curl_waitfd& each) { return each.fd == fd; });
  short events = 0;
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) events |= CURL_WAIT_POLLIN;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) events |= CURL_WAIT_POLLOUT;
  if (events != 0) mail.sockets_.push_back({.fd = fd, .events = events, .revents = 0});
  return 0;
}

int CurlMail::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& mail = *static_cast<CurlMail*>(self);
  mail.curl_timer_ = timeout_ms < 0 ? SteadyTime::max() : mail.now_ + milliseconds{timeout_ms};
  return 0;
}

}  // namespace btcw
