#pragma once

#include "btcw/net/http.h"
#include "btcw/net/mail.h"

namespace btcw {

/// HTTP and SMTP through one loop.
class NetTransport : public HttpTransport, public MailTransport {};

}  // namespace btcw
