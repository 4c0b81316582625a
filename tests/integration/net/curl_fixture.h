#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "btcw/base/clock.h"
#include "btcw/base/environment.h"
#include "btcw/net/curl_transport.h"
#include "support/http_server.h"
#include "support/recording_log.h"

namespace btcw::test {

/// A curl transport with all that it borrows.
struct CurlFixture {
  explicit CurlFixture(HttpOptions options = {}, const Environment& environment = {})
      : http{make_curl_transport(std::move(options), environment, clock, log)} {}

  SystemClock clock;
  RecordingLog log;
  std::unique_ptr<NetTransport> http;

  /// What became of one request, and progress() at that moment.
  struct Outcome {
    Result<HttpResponse> result;
    HttpProgress progress;
  };
  Outcome run(HttpRequest request) {
    std::optional<Outcome> outcome;
    http->start(std::move(request), [&](Result<HttpResponse> result) {
      outcome = Outcome{std::move(result), http->progress()};
    });
    while (!outcome) http->drive(SteadyTime::max());
    return *std::move(outcome);
  }

  struct MailOutcome {
    Result<MailAnswer> result;
    HttpProgress progress;
  };
  MailOutcome run_mail(MailRequest request) {
    std::optional<MailOutcome> outcome;
    http->start_mail(std::move(request), [&](Result<MailAnswer> result) {
      outcome = MailOutcome{std::move(result), http->progress()};
    });
    while (!outcome) http->drive(SteadyTime::max());
    return *std::move(outcome);
  }
};

inline HttpServer::Handler always(ServedResponse response) {
  return [response = std::move(response)](const ServedRequest&) { return response; };
}

}  // namespace btcw::test
