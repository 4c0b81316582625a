#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/net/http.h"
#include "support/fake_clock.h"

namespace btcw::test {

/// One answer of a ScriptedHttp.
struct ScriptedAnswer {
  Result<HttpResponse> result;
  /// How long it takes on the fake clock. Over the request's time-out it becomes one.
  milliseconds after{0};
  /// What progress() says while an error is handed over.
  HttpProgress progress = HttpProgress::not_sent;
};

/// An answer with a body; `received` is set when it is handed over.
ScriptedAnswer respond(int status, std::string body = {}, HttpHeaders headers = {});
/// An answer that is an error.
ScriptedAnswer fail_with(Errc code, std::string message,
                         HttpProgress progress = HttpProgress::not_sent);

/// An HttpTransport that answers from a script and records what it was asked. No sockets, no
/// threads; time passes on the fake clock only: drive() moves it to when the next answer is due.
///
/// An answer for a prefix is preferred to one of the common queue. A request that nothing was
/// scripted for fails with unavailable, "scripted: no answer for METHOD URL", so that a test sees
/// it.
class ScriptedHttp final : public HttpTransport {
 public:
  explicit ScriptedHttp(FakeClock& clock) : clock_{clock} {}

  /// The answer to the next request that no prefix matches; in the order in which they were added.
  void add(ScriptedAnswer answer) { queue_.push_back(std::move(answer)); }
  /// The answer to requests whose "URL" or "METHOD URL" starts with `prefix` ("https://api.x/", or
  /// "POST https://api.x/"). The longest prefix wins. Added several times: one after the other, the
  /// last for ever.
  void add(std::string prefix, ScriptedAnswer answer);
  /// As above, computed from the request.
  void add(std::string prefix, std::function<ScriptedAnswer(const HttpRequest&)> answer);

  /// Every request so far, in the order of start().
  [[nodiscard]] const std::vector<HttpRequest>& requests() const { return requests_; }
  /// The most that were under way side by side.
  [[nodiscard]] std::size_t most_at_once() const { return most_at_once_; }
  [[nodiscard]] std::size_t under_way() const { return running_.size(); }

  void start(HttpRequest request, HttpDone done) override;
  /// A wake fd that can be read ends it before an answer that is not due yet.
  std::size_t drive(SteadyTime until, std::span<const int> wake_fds = {}) override;
  void cancel_all() override;
  [[nodiscard]] HttpProgress progress() const override { return progress_; }

 private:
  struct Rule {
    std::string prefix;
    std::deque<std::function<ScriptedAnswer(const HttpRequest&)>> answers;
  };
  struct Running {
    SteadyTime due;
    ScriptedAnswer answer;
    HttpDone done;
  };

  ScriptedAnswer answer_for(const HttpRequest& request);
  Rule* rule_for(const HttpRequest& request);
  void finish(Running running);

  FakeClock& clock_;
  std::deque<ScriptedAnswer> queue_;
  std::vector<Rule> rules_;
  std::vector<HttpRequest> requests_;
  std::vector<Running> running_;
  std::size_t most_at_once_ = 0;
  HttpProgress progress_ = HttpProgress::not_sent;
};

}  // namespace btcw::test
