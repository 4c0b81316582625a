#include "btcw/net/curl_transfer.h"

#include <algorithm>
#include <utility>

#include "btcw/net/curl_error.h"

namespace btcw {
namespace {

constexpr int kMaxRedirects = 3;
constexpr std::size_t kMaxHeaderBytes = std::size_t{64} * 1024;
// Idle for longer, a connection may be closed by the peer at the very moment it is used again; what
// is sent only once does not take that risk.
constexpr long kMaxIdleSecondsForOneSending = 20;

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') ||
           kOthers.find(character) != std::string_view::npos;
  });
}

std::string to_lower(std::string_view text) {
  std::string out{text};
  for (char& character : out) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// May be carried out twice without harm, by RFC 9110.
bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS";
}

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// What may be told to a host that the request was not made for.
bool is_harmless_header(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower == "accept" || lower == "user-agent";
}

}  // namespace

CurlTransfer::CurlTransfer(HttpRequest request, HttpDone done, const CurlSettings& settings,
                           SteadyTime now)
    : request_{std::move(request)},
      done_{std::move(done)},
      settings_{settings},
      deadline_{now + request_.timeout},
      trust_source_{first_trust_source(settings)} {}

Result<void> CurlTransfer::prepare(SteadyTime now) {
  auto origin = parse_http_url(request_.url);
  if (!origin) return std::move(origin).error();
  origin_ = *std::move(origin);
  if (!is_token(request_.method)) {
    return Error{Errc::invalid_input, origin_.label() + ": not an HTTP method"};
  }
  const auto remaining = std::chrono::ceil<milliseconds>(deadline_ - now);
  if (remaining.count() <= 0) {
    return Error{Errc::unavailable,
                 origin_.label() + ": no complete answer within " + to_string(request_.timeout)};
  }
  response_ = {};
  header_bytes_ = 0;
  headers_complete_ = false;
  refusal_ = Refusal::none;
  sendings_ = 0;
  reason_.fill('\0');
  handle_.reset(::curl_easy_init());
  if (!handle_) return Error{Errc::unavailable, "out of memory"};
  if (auto list = make_header_list(); !list) return std::move(list).error();
  return set_options(remaining);
}

Result<void> CurlTransfer::make_header_list() {
  headers_.reset();
  const auto append = [this](const std::string& line) {
    curl_slist* longer = ::curl_slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) return false;
    (void)headers_.release();
    headers_.reset(longer);
    return true;
  };
  bool complete = append("Expect:");
  bool has_type = false;
  for (const auto& [name, value] : request_.headers) {
    constexpr std::string_view kForbidden{"\r\n\0", 3};
    if (!is_token(name) || value.find_first_of(kForbidden) != std::string::npos) {
      return Error{Errc::invalid_input, origin_.label() + ": not a header that can be sent"};
    }
    has_type = has_type || to_lower(name) == "content-type";
    // To curl, "Name:" is an order to leave it out; "Name;" is a header without a value.
    complete = complete && append(value.empty() ? name + ';' : name + ": " + value);
  }
  // Else curl calls every body a web form.
  if (!has_type) complete = complete && append("Content-Type:");
  if (!complete) return Error{Errc::unavailable, "out of memory"};
  return {};
}

Result<void> CurlTransfer::set_options(milliseconds remaining) {
  std::optional<std::string> proxy_url;
  if (proxy_use_ == ProxyUse::as_configured) proxy_url = settings_.proxies.proxy_for(origin_);
  proxy_.reset();
  if (proxy_url) {
    auto proxy = parse_proxy_url(*proxy_url);
    if (!proxy) return std::move(proxy).error();
    proxy_ = *std::move(proxy);
  }
  CurlOptionSetter options{handle_.get()};
  options.set(CURLOPT_PRIVATE, this);
  options.set(CURLOPT_ERRORBUFFER, reason_.data());
  options.set(CURLOPT_NOSIGNAL, 1L);
  // Without it, giving up a request waits for the system's resolver.
  options.set(CURLOPT_QUICK_EXIT, 1L);
  options.set(CURLOPT_PROTOCOLS_STR, "http,https");
  options.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
  // Over HTTP/2, requests to one host share a connection even when they start together.
  options.set(CURLOPT_PIPEWAIT, origin_.scheme == "https" ? 1L : 0L);
  options.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count()));
  options.set(CURLOPT_TIMEOUT_MS, static_cast<long>(remaining.count()));
  options.set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  options.set(CURLOPT_HEADERDATA, this);
  options.set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  options.set(CURLOPT_WRITEDATA, this);
  options.set(CURLOPT_PREREQFUNCTION, &CurlTransfer::on_request);
  options.set(CURLOPT_PREREQDATA, this);
  options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  CURLcode code = options.code();
  if (code == CURLE_OK) code = set_request_options();
  if (code == CURLE_OK) code = set_proxy_options(handle(), settings_, proxy_url);
  if (code == CURLE_OK) code = set_tls_options(handle(), settings_, trust_source_);
  if (code != CURLE_OK) return to_error(code);
  return {};
}

CURLcode CurlTransfer::set_request_options() {
  CurlOptionSetter options{handle_.get()};
  options.set(CURLOPT_URL, request_.url.c_str());
  options.set(CURLOPT_HTTPHEADER, headers_.get());
  options.set(CURLOPT_USERAGENT, "btcw/" BTCW_VERSION);
  options.set(CURLOPT_ACCEPT_ENCODING, "");
  const bool sends_body = !request_.body.empty() || !is_idempotent(request_.method);
  if (sends_body) {
    options.set(CURLOPT_POST, 1L);
    options.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    options.set(CURLOPT_POSTFIELDS, request_.body.c_str());
  }
  if (request_.method == "HEAD") {
    options.set(CURLOPT_NOBODY, 1L);
  } else if (request_.method != (sends_body ? "POST" : "GET")) {
    options.set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
  if (!is_idempotent(request_.method)) {
    options.set(CURLOPT_MAXAGE_CONN, kMaxIdleSecondsForOneSending);
  }
  if (request_.method != "HEAD" && request_.max_body_bytes > 0) {
    // Ends an answer that declares too much before any of it is read.
    options.set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.max_body_bytes));
  }
  return options.code();
}

std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t bytes = size * count;
  transfer.header_bytes_ += bytes;
  if (transfer.header_bytes_ > kMaxHeaderBytes) {
    transfer.refusal_ = Refusal::headers_too_long;
    return 0;
  }
  transfer.add_header_line({data, bytes});
  return bytes;
}

void CurlTransfer::add_header_line(std::string_view line) {
  HttpHeaders& headers = response_.headers;
  // Each of "100 Continue" and its like comes before the answer with headers of its own.
  if (headers_complete_ && line.starts_with("HTTP/")) {
    headers.clear();
    headers_complete_ = false;
  }
  if (line == "\r\n" || line == "\n") {
    headers_complete_ = true;
    return;
  }
  if (!headers.empty() && (line[0] == ' ' || line[0] == '\t')) {
    headers.back().second.append(" ").append(trimmed(line));
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  headers.emplace_back(to_lower(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1)));
  return;
}

std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t bytes = size * count;
  if (bytes > transfer.request_.max_body_bytes - transfer.response_.body.size()) {
    transfer.refusal_ = Refusal::body_too_long;
    return 0;
  }
  transfer.response_.body.append(data, bytes);
  return bytes;
}

int CurlTransfer::on_request(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  ++transfer.sendings_;
  // curl sends again by itself when a connection that it had kept dies without an answer. The peer
  // may have acted on the first one.
  if (transfer.sendings_ > 1 && !is_idempotent(transfer.request_.method)) {
    transfer.refusal_ = Refusal::second_sending;
    return CURL_PREREQFUNC_ABORT;
  }
  ::curl_easy_getinfo(transfer.handle(), CURLINFO_REQUEST_SIZE, &transfer.bytes_before_sending_);
  return CURL_PREREQFUNC_OK;
}

CurlTransfer::Next CurlTransfer::next(CURLcode code) const {
  if (code != CURLE_OK) {
    if (bundle_may_help(code)) return Next::use_bundle;
    const bool again = settings_.options.fallback_direct && proxy_is_unreachable(code);
    return again ? Next::go_direct : Next::finish;
  }
  long status = 0;
  ::curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
  const bool follows = request_.method == "GET" || request_.method == "HEAD";
  if (!follows || !is_redirect(status) || !response_.header("location")) return Next::finish;
  return Next::follow;
}

Result<void> CurlTransfer::follow() {
  if (++redirects_ > kMaxRedirects) {
    return Error{Errc::bad_data, origin_.label() + ": more than 3 redirects"};
  }
  const char* location = nullptr;
  ::curl_easy_getinfo(handle(), CURLINFO_REDIRECT_URL, &location);
  auto target = location == nullptr ? Result<HttpOrigin>{Error{Errc::bad_data, {}}}
                                    : parse_http_url(location);
  if (!target) {
    return Error{Errc::bad_data, origin_.label() + ": redirects to what is not an http(s) url"};
  }
  if (origin_.scheme == "https" && target->scheme != "https") {
    return Error{Errc::bad_data, origin_.label() + ": redirects from https to http"};
  }
  if (*target != origin_) {
    std::erase_if(request_.headers,
                  [](const auto& header) { return !is_harmless_header(header.first); });
    request_.body.clear();
  }
  request_.url = location;
  return {};
}

Result<HttpResponse> CurlTransfer::take_result(CURLcode code, UtcTime now) {
  if (code != CURLE_OK) return to_error(code);
  // To curl, a connection that closes among the headers is a complete answer.
  if (!headers_complete_) return to_error(CURLE_PARTIAL_FILE);
  long status = 0;
  ::curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  response_.received = now;
  return std::move(response_);
}

HttpProgress CurlTransfer::progress() const {
  if (sendings_ == 0) return HttpProgress::not_sent;
  if (sendings_ > 1 || header_bytes_ > 0) return HttpProgress::sent;
  long request_bytes = 0;
  curl_off_t body_bytes = 0;
  ::curl_easy_getinfo(handle(), CURLINFO_REQUEST_SIZE, &request_bytes);
  ::curl_easy_getinfo(handle(), CURLINFO_SIZE_UPLOAD_T, &body_bytes);
  const bool complete = request_bytes > bytes_before_sending_ &&
                        body_bytes >= static_cast<curl_off_t>(request_.body.size());
  return complete ? HttpProgress::sent : HttpProgress::not_sent;
}

// A certificate that the folder does not vouch for: nothing was sent yet.
bool CurlTransfer::bundle_may_help(CURLcode code) const {
  return code == CURLE_PEER_FAILED_VERIFICATION && trust_source_ == TrustSource::system_folder &&
         !settings_.trust.bundle.empty();
}

bool CurlTransfer::proxy_is_unreachable(CURLcode code) const {
  return is_proxy_unreachable({.code = code,
                               .handle = handle(),
                               .reason = {},
                               .connect_timeout = request_.connect_timeout,
                               .timeout = request_.timeout,
                               .origin = origin_,
                               .proxy = proxy_ ? &*proxy_ : nullptr});
}

Error CurlTransfer::to_error(CURLcode code) const {
  const std::string host = origin_.label();
  const bool declared_too_long = code == CURLE_FILESIZE_EXCEEDED;
  if (refusal_ == Refusal::body_too_long || declared_too_long) {
    return {Errc::bad_data,
            host + ": answer of more than " + std::to_string(request_.max_body_bytes) + " bytes"};
  }
  if (refusal_ == Refusal::headers_too_long) {
    return {Errc::bad_data, host + ": headers of more than 65536 bytes"};
  }
  if (refusal_ == Refusal::second_sending) {
    return {Errc::unavailable, host + ": closed without an answer"};
  }
  return describe(CurlFailure{.code = code,
                              .handle = handle(),
                              .reason = reason_.data(),
                              .connect_timeout = request_.connect_timeout,
                              .timeout = request_.timeout,
                              .origin = origin_,
                              .proxy = proxy_ ? &*proxy_ : nullptr});
}

}  // namespace btcw
