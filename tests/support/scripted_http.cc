#include "support/scripted_http.h"

#include <poll.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace btcw::test {
namespace {

bool matches(const HttpRequest& request, std::string_view prefix) {
  return request.url.starts_with(prefix) ||
         (request.method + ' ' + request.url).starts_with(prefix);
}

bool any_readable(std::span<const int> fds) {
  return std::any_of(fds.begin(), fds.end(), [](int fd) {
    pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
    return fd >= 0 && ::poll(&watched, 1, 0) > 0;
  });
}

}  // namespace

ScriptedAnswer respond(int status, std::string body, HttpHeaders headers) {
  return {.result = HttpResponse{
              .status = status, .headers = std::move(headers), .body = std::move(body)}};
}

ScriptedAnswer fail_with(Errc code, std::string message, HttpProgress progress) {
  return {.result = Error{code, std::move(message)}, .progress = progress};
}

void ScriptedHttp::add(std::string prefix, ScriptedAnswer answer) {
  add(std::move(prefix), [answer = std::move(answer)](const HttpRequest&) { return answer; });
}

void ScriptedHttp::add(std::string prefix,
                       std::function<ScriptedAnswer(const HttpRequest&)> answer) {
  const auto known = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const Rule& rule) { return rule.prefix == prefix; });
  if (known != rules_.end()) {
    known->answers.push_back(std::move(answer));
    return;
  }
  rules_.push_back({.prefix = std::move(prefix), .answers = {}});
  rules_.back().answers.push_back(std::move(answer));
}

ScriptedHttp::Rule* ScriptedHttp::rule_for(const HttpRequest& request) {
  Rule* best = nullptr;
  for (Rule& rule : rules_) {
    if (!matches(request, rule.prefix)) continue;
    if (best == nullptr || rule.prefix.size() > best->prefix.size()) best = &rule;
  }
  return best;
}

ScriptedAnswer ScriptedHttp::answer_for(const HttpRequest& request) {
  if (Rule* rule = rule_for(request); rule != nullptr) {
    auto answer = rule->answers.front();
    if (rule->answers.size() > 1) rule->answers.pop_front();
    return answer(request);
  }
  if (queue_.empty()) {
    return fail_with(Errc::unavailable,
                     "scripted: no answer for " + request.method + ' ' + request.url);
  }
  ScriptedAnswer answer = std::move(queue_.front());
  queue_.pop_front();
  return answer;
}

void ScriptedHttp::start(HttpRequest request, HttpDone done) {
  ScriptedAnswer answer = answer_for(request);
  if (answer.after > request.timeout) {
    answer = fail_with(Errc::unavailable, "timed out", HttpProgress::sent);
    answer.after = request.timeout;
  }
  const SteadyTime due = clock_.steady_now() + answer.after;
  requests_.push_back(std::move(request));
  running_.push_back({.due = due, .answer = std::move(answer), .done = std::move(done)});
  most_at_once_ = std::max(most_at_once_, running_.size());
}

void ScriptedHttp::finish(Running running) {
  progress_ = running.answer.progress;
  if (running.answer.result) running.answer.result->received = clock_.now();
  running.done(std::move(running.answer.result));
  progress_ = HttpProgress::not_sent;
}

std::size_t ScriptedHttp::drive(SteadyTime until, std::span<const int> wake_fds) {
  const auto next =
      std::min_element(running_.begin(), running_.end(),
                       [](const Running& a, const Running& b) { return a.due < b.due; });
  const bool answer_is_due = next != running_.end() && next->due <= clock_.steady_now();
  if (!answer_is_due && any_readable(wake_fds)) return running_.size();
  if (next == running_.end()) {
    // For ever is not a time that a clock can be moved to.
    if (!wake_fds.empty() && until != SteadyTime::max()) clock_.wait_until(until, {});
    return 0;
  }
  clock_.wait_until(std::min(until, next->due), {});
  if (next->due > clock_.steady_now()) return running_.size();
  // All that are due, but none that they start: those are for the next call.
  std::vector<Running> due;
  const auto first_due = std::stable_partition(
      running_.begin(), running_.end(),
      [this](const Running& running) { return running.due > clock_.steady_now(); });
  std::move(first_due, running_.end(), std::back_inserter(due));
  running_.erase(first_due, running_.end());
  for (Running& running : due) finish(std::move(running));
  return running_.size();
}

void ScriptedHttp::cancel_all() {
  for (Running& running : std::exchange(running_, {})) {
    running.answer.result = Error{Errc::unavailable, "cancelled"};
    finish(std::move(running));
  }
}

}  // namespace btcw::test
