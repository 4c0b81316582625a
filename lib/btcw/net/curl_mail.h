#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/net/curl_options.h"
#include "btcw/net/http.h"
#include "btcw/net/http_url.h"
#include "btcw/net/mail.h"
#include "btcw/net/smtp_dialogue.h"

namespace btcw {

struct CurlMultiDeleter {
  void operator()(CURLM* multi) const { ::curl_multi_cleanup(multi); }
};

/// One mail on its way. Stays where it is: curl holds its address.
///
/// curl does the way there (proxy, greeting, STARTTLS, signing in), and SmtpDialogue the rest over
/// curl's connection: left to itself, curl blocks from the final dot until the server answers.
class CurlMail {
 public:
  /// `settings` is borrowed.
  CurlMail(MailRequest request, MailDone done, const CurlSettings& settings, SteadyTime now);
  ~CurlMail();
  CurlMail(const CurlMail&) = delete;
  CurlMail& operator=(const CurlMail&) = delete;

  /// Does what can be done without waiting; outcome() is there once it is over.
  void advance(SteadyTime now);
  [[nodiscard]] std::optional<Result<MailAnswer>>& outcome() { return outcome_; }
  [[nodiscard]] HttpProgress progress() const;

  /// What to wait for before advance() is called again.
  void add_waits(std::vector<curl_waitfd>& waits) const;
  [[nodiscard]] SteadyTime wake_at() const;

  /// The proxy that could not be reached, so that the mail goes on without it.
  [[nodiscard]] const std::optional<HttpOrigin>& lost_proxy() const { return lost_proxy_; }
  [[nodiscard]] const HttpOrigin& origin() const { return origin_; }
  [[nodiscard]] MailDone& done() { return done_; }

 private:
  enum class Stage { new_connection, connecting, talking, over };

  static std::size_t on_reply_line(char* data, std::size_t size, std::size_t count, void* self);
  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void*);
  static int on_timer(CURLM*, long timeout_ms, void* self);

  Result<void> check() const;
  Result<void> connect(SteadyTime now);
  CURLcode set_options(const std::optional<std::string>& proxy_url, milliseconds remaining);
  [[nodiscard]] bool needs_tls() const;
  void drive_curl(SteadyTime now);
  void on_connected(CURLcode code);
  void on_refused(CURLcode code);
  void talk();
  bool send_some();
  bool receive_some();
  void conclude(Result<MailAnswer> result);
  [[nodiscard]] Error to_error(CURLcode code) const;
  void close();

  MailRequest request_;
  MailDone done_;
  const CurlSettings& settings_;
  SteadyTime connect_deadline_;
  SteadyTime deadline_;
  HttpOrigin origin_;
  std::optional<HttpOrigin> proxy_;
  std::optional<HttpOrigin> lost_proxy_;
  ProxyUse proxy_use_ = ProxyUse::as_configured;
  TrustSource trust_source_;
  Stage stage_ = Stage::new_connection;
  std::optional<Result<MailAnswer>> outcome_;

  SmtpExtensions extensions_;
  SmtpReplyReader replies_;  // while curl does the talking
  SmtpReply last_reply_;
  std::optional<SmtpDialogue> dialogue_;
  curl_socket_t socket_ = CURL_SOCKET_BAD;  // once it is ours
  std::vector<curl_waitfd> sockets_;        // while they are curl's
  SteadyTime curl_timer_ = SteadyTime::max();
  SteadyTime now_;

  std::string url_;
  std::array<char, CURL_ERROR_SIZE> reason_{};
  // A multi handle of its own: one that is shared takes a connection whose next bytes have come,
  // and which no transfer of curl's uses, for a dead one.
  std::unique_ptr<CURLM, CurlMultiDeleter> multi_;
  std::unique_ptr<CURL, CurlEasyDeleter> handle_;
};

}  // namespace btcw
