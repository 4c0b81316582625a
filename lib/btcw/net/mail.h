#pragma once

#include <functional>
#include <string>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/secret.h"
#include "btcw/base/time.h"

namespace btcw {

/// What has to be encrypted on the way to a mail server.
enum class MailSecurity {
  /// smtps://, or STARTTLS at once; a server without it is refused.
  required,
  /// STARTTLS where the server offers it. A password goes out in the clear to this machine only:
  /// elsewhere, signing in needs TLS all the same.
  opportunistic,
};

/// One message for one SMTP server: taken for all recipients or for none.
struct MailRequest {
  std::string url;        ///< smtp://host:587 or smtps://host:465, nothing behind it
  std::string user = {};  ///< empty: without signing in
  Secret password = {};
  MailSecurity security = MailSecurity::required;
  std::string sender;                   ///< the bare address of the envelope: "btcw@example.org"
  std::vector<std::string> recipients;  ///< likewise, at least one
  std::string message;  ///< RFC 5322, lines end in CR LF; dot-stuffing is not needed
  milliseconds connect_timeout = seconds{5};
  milliseconds timeout = seconds{30};
};

/// How the server took it.
struct MailAnswer {
  int code = 0;           ///< the reply that decided: 250, 451, 550
  std::string text = {};  ///< that reply's line, cut short, without control characters
};

/// Called once for each started message; an answer may also be a refusal (4xx, 5xx).
///
/// Errors: unavailable (DNS, connect, TLS, time-out, cut off, not SMTP, cancelled), rejected
/// (signing in is refused for good, or not offered; an address beyond ASCII that the server does
/// not take), invalid_input (the URL, an address that is none, no recipient).
/// HttpTransport::progress() says whether the message may have been taken.
using MailDone = std::function<void(Result<MailAnswer>)>;

/// The seam to SMTP. The same thread and drive() as the HttpTransport that it belongs to.
class MailTransport {
 public:
  virtual ~MailTransport() = default;
  /// Begins; `done` is called from HttpTransport::drive() or cancel_all(), never from here.
  virtual void start_mail(MailRequest request, MailDone done) = 0;
};

}  // namespace btcw
