#include "btcw/net/curl_transport.h"

#include <curl/curl.h>
#include <poll.h>

#include <algorithm>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "btcw/net/curl_mail.h"
#include "btcw/net/curl_transfer.h"

namespace btcw {
namespace {

constexpr long kMaxConnectionsPerHost = 8;
constexpr long kMaxConnections = 128;
constexpr long kMaxIdleConnections = 16;
/// What curl gets to end an overdue transfer itself, with what it knows of the reason.
constexpr milliseconds kGrace{20};

// curl wants this once a process, before anything else; it is never undone.
CURLcode initialise_curl() {
  static const CURLcode kCode = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  return kCode;
}

bool any_readable(std::span<const int> fds) {
  return std::any_of(fds.begin(), fds.end(), [](int fd) {
    // POLLHUP and POLLERR count as well: a read would not block.
    pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
    return fd >= 0 && ::poll(&watched, 1, 0) > 0;
  });
}

class CurlTransport final : public NetTransport {
 public:
  CurlTransport(CurlSettings settings, const Clock& clock, Log& log)
      : settings_{std::move(settings)},
        clock_{clock},
        log_{log},
        multi_{initialise_curl() == CURLE_OK ? ::curl_multi_init() : nullptr} {
    if (!multi_) return;
    ::curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, kMaxConnectionsPerHost);
    ::curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, kMaxConnections);
    ::curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kMaxIdleConnections);
  }
  ~CurlTransport() override {
    for (const auto& [handle, transfer] : running_)
      ::curl_multi_remove_handle(multi_.get(), handle);
  }
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  void start(HttpRequest request, HttpDone done) override;
  void start_mail(MailRequest request, MailDone done) override;
  std::size_t drive(SteadyTime until, std::span<const int> wake_fds) override;
  void cancel_all() override;
  [[nodiscard]] HttpProgress progress() const override { return progress_; }

 private:
  struct Finished {
    HttpDone done;
    Result<HttpResponse> result;
    HttpProgress progress;
  };

  struct FinishedMail {
    MailDone done;
    Result<MailAnswer> result;
    HttpProgress progress;
  };

  Result<void> begin(std::unique_ptr<CurlTransfer>& transfer);
  void begin_or_fail(std::unique_ptr<CurlTransfer> transfer, HttpProgress so_far);
  void collect();
  void expire();
  void conclude(std::unique_ptr<CurlTransfer> transfer, CURLcode code);
  void finish(std::unique_ptr<CurlTransfer> transfer, CURLcode code);
  void note_proxy(const CurlTransfer& transfer, CURLcode code);
  void say_proxy_loss(const HttpOrigin& proxy);
  void advance_mails();
  void finish(CurlMail& mail);
  bool hand_over();
  void wait(SteadyTime until, std::span<const int> wake_fds) const;

  CurlSettings settings_;
  const Clock& clock_;
  Log& log_;
  HttpProgress progress_ = HttpProgress::not_sent;
  bool proxy_loss_said_ = false;
  std::vector<Finished> finished_;
  std::vector<FinishedMail> finished_mails_;
  std::unique_ptr<CURLM, CurlMultiDeleter> multi_;
  // Destroyed before the multi handle, as curl wants it.
  std::unordered_map<CURL*, std::unique_ptr<CurlTransfer>> running_;
  std::vector<std::unique_ptr<CurlMail>> mails_;
};

void CurlTransport::start(HttpRequest request, HttpDone done) {
  begin_or_fail(std::make_unique<CurlTransfer>(std::move(request), std::move(done), settings_,
                                               clock_.steady_now()),
                HttpProgress::not_sent);
}

void CurlTransport::start_mail(MailRequest request, MailDone done) {
  mails_.push_back(std::make_unique<CurlMail>(std::move(request), std::move(done), settings_,
                                              clock_.steady_now()));
}

// Leaves `transfer` alone when it fails.
Result<void> CurlTransport::begin(std::unique_ptr<CurlTransfer>& transfer) {
  if (!multi_) return Error{Errc::unavailable, "curl cannot be initialised"};
  if (auto prepared = transfer->prepare(clock_.steady_now()); !prepared) return prepared;
  CURL* handle = transfer->handle();
  if (const CURLMcode code = ::curl_multi_add_handle(multi_.get(), handle); code != CURLM_OK) {
    return Error{Errc::unavailable, ::curl_multi_strerror(code)};
  }
  running_.emplace(handle, std::move(transfer));
  return {};
}

void CurlTransport::begin_or_fail(std::unique_ptr<CurlTransfer> transfer, HttpProgress so_far) {
  if (auto begun = begin(transfer); !begun) {
    finished_.push_back({std::move(transfer->done()), std::move(begun).error(), so_far});
  }
}

std::size_t CurlTransport::drive(SteadyTime until, std::span<const int> wake_fds) {
  while (true) {
    if (multi_) {
      int still_running = 0;
      ::curl_multi_perform(multi_.get(), &still_running);
      collect();
      expire();
    }
    advance_mails();
    if (hand_over()) break;
    if (running_.empty() && mails_.empty() && wake_fds.empty()) break;
    if (any_readable(wake_fds) || clock_.steady_now() >= until) break;
    wait(until, wake_fds);
  }
  return running_.size() + mails_.size() + finished_.size() + finished_mails_.size();
}

void CurlTransport::wait(SteadyTime until, std::span<const int> wake_fds) const {
  if (!multi_) return clock_.wait_until(until, wake_fds);
  constexpr milliseconds kLongest = std::chrono::hours{1};
  for (const auto& mail : mails_) until = std::min(until, mail->wake_at());
  for (const auto& [handle, transfer] : running_) {
    until = std::min(until, transfer->deadline() + kGrace);
  }
  const SteadyTime now = std::min(clock_.steady_now(), until);
  const milliseconds wait =
      until - now > kLongest ? kLongest : std::chrono::ceil<milliseconds>(until - now);
  std::vector<curl_waitfd> extra;
  extra.reserve(wake_fds.size());
  for (const int fd : wake_fds) {
    if (fd >= 0) extra.push_back({.fd = fd, .events = CURL_WAIT_POLLIN, .revents = 0});
  }
  for (const auto& mail : mails_) mail->add_waits(extra);
  ::curl_multi_poll(multi_.get(), extra.data(), static_cast<unsigned>(extra.size()),
                    static_cast<int>(wait.count()), nullptr);
}

// Takes what curl is done with off it.
void CurlTransport::collect() {
  int left = 0;
  while (const CURLMsg* message = ::curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* handle = message->easy_handle;
    const CURLcode code = message->data.result;
    ::curl_multi_remove_handle(multi_.get(), handle);
    auto entry = running_.extract(handle);
    conclude(std::move(entry.mapped()), code);
  }
}

// curl 7.88 keeps no time for transfers that wait for a connection.
void CurlTransport::expire() {
  const SteadyTime now = clock_.steady_now();
  std::vector<CURL*> overdue;
  for (const auto& [handle, transfer] : running_) {
    if (transfer->deadline() + kGrace <= now) overdue.push_back(handle);
  }
  for (CURL* const handle : overdue) {
    ::curl_multi_remove_handle(multi_.get(), handle);
    auto entry = running_.extract(handle);
    conclude(std::move(entry.mapped()), CURLE_OPERATION_TIMEDOUT);
  }
}

void CurlTransport::conclude(std::unique_ptr<CurlTransfer> transfer, CURLcode code) {
  note_proxy(*transfer, code);
  // The folder lacked what the bundle has: later requests spare themselves the detour.
  if (code == CURLE_OK && transfer->origin().scheme == "https" &&
      transfer->trust_source() == TrustSource::system_bundle) {
    settings_.trust.folder.clear();
  }
  switch (transfer->next(code)) {
    case CurlTransfer::Next::finish:
      return finish(std::move(transfer), code);
    case CurlTransfer::Next::go_direct:
      transfer->go_direct();
      return begin_or_fail(std::move(transfer), HttpProgress::not_sent);
    case CurlTransfer::Next::use_bundle:
      transfer->use_bundle();
      return begin_or_fail(std::move(transfer), HttpProgress::not_sent);
    case CurlTransfer::Next::follow:
      if (auto followed = transfer->follow(); !followed) {
        finished_.push_back(
            {std::move(transfer->done()), std::move(followed).error(), HttpProgress::sent});
        return;
      }
      return begin_or_fail(std::move(transfer), HttpProgress::sent);
  }
}

void CurlTransport::finish(std::unique_ptr<CurlTransfer> transfer, CURLcode code) {
  const HttpProgress progress = transfer->progress();
  auto result = transfer->take_result(code, clock_.now());
  if (log_.wants(LogLevel::debug)) {
    const std::string outcome =
        result ? "HTTP " + std::to_string(result->status) : result.error().message;
    log_.debug("http request done", {{"method", transfer->request().method},
                                     {"host", transfer->origin().label()},
                                     {"outcome", outcome}});
  }
  finished_.push_back({std::move(transfer->done()), std::move(result), progress});
}

// Says that the proxy is lost once, and again only after it has worked meanwhile.
void CurlTransport::note_proxy(const CurlTransfer& transfer, CURLcode code) {
  if (!transfer.proxy()) return;
  if (code == CURLE_OK) proxy_loss_said_ = false;
  if (transfer.next(code) != CurlTransfer::Next::go_direct) return;
  say_proxy_loss(*transfer.proxy());
}

void CurlTransport::say_proxy_loss(const HttpOrigin& proxy) {
  if (std::exchange(proxy_loss_said_, true)) return;
  log_.warning("proxy cannot be reached, going on without it", {{"proxy", proxy.label()}});
}

void CurlTransport::advance_mails() {
  for (auto& mail : mails_) {
    mail->advance(clock_.steady_now());
    if (mail->outcome()) finish(*mail);
  }
  std::erase_if(mails_, [](const auto& mail) { return mail->outcome().has_value(); });
}

void CurlTransport::finish(CurlMail& mail) {
  if (mail.lost_proxy()) say_proxy_loss(*mail.lost_proxy());
  auto& result = *mail.outcome();
  if (log_.wants(LogLevel::debug)) {
    const std::string outcome =
        result ? "SMTP " + std::to_string(result->code) : result.error().message;
    log_.debug("mail done", {{"host", mail.origin().label()}, {"outcome", outcome}});
  }
  finished_mails_.push_back({std::move(mail.done()), result, mail.progress()});
}

bool CurlTransport::hand_over() {
  // What a callback starts may fail at once: that is for the next call.
  auto finished = std::exchange(finished_, {});
  for (Finished& each : finished) {
    progress_ = each.progress;
    each.done(std::move(each.result));
    progress_ = HttpProgress::not_sent;
  }
  auto finished_mails = std::exchange(finished_mails_, {});
  for (FinishedMail& each : finished_mails) {
    progress_ = each.progress;
    each.done(std::move(each.result));
    progress_ = HttpProgress::not_sent;
  }
  return !finished.empty() || !finished_mails.empty();
}

void CurlTransport::cancel_all() {
  for (auto& [handle, transfer] : std::exchange(running_, {})) {
    ::curl_multi_remove_handle(multi_.get(), handle);
    finished_.push_back(
        {std::move(transfer->done()), Error{Errc::unavailable, "cancelled"}, transfer->progress()});
  }
  for (const auto& mail : std::exchange(mails_, {})) {
    finished_mails_.push_back(
        {std::move(mail->done()), Error{Errc::unavailable, "cancelled"}, mail->progress()});
  }
  hand_over();
}

}  // namespace

std::unique_ptr<NetTransport> make_curl_transport(HttpOptions options,
                                                  const Environment& environment,
                                                  const Clock& clock, Log& log, SystemTrust trust) {
  ProxyPolicy proxies{options, environment};
  return std::make_unique<CurlTransport>(
      CurlSettings{std::move(options), std::move(proxies), std::move(trust)}, clock, log);
}

}  // namespace btcw
