#include "symbol_arguments.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/market/exchange_names.h"
#include "btcw/price/price_lookup.h"

namespace btcw::cli {
namespace {

constexpr std::size_t kMaxInput = std::size_t{1024} * 1024;

Error too_many() { return {Errc::invalid_input, fmt::format("more than {} symbols", kMaxSymbols)}; }

Result<std::string> read_all(int fd) {
  std::string text;
  std::array<char, 16384> buffer;
  for (;;) {
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got == 0) return text;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return Error{Errc::unavailable,
                   "cannot read standard input: " +
                       std::error_code{errno, std::generic_category()}.message()};
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxInput) return too_many().within("standard input");
  }
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\v\f";
  const std::size_t begin = std::min(text.find_first_not_of(kBlank), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

Result<SymbolRequest> read_symbol(std::string_view text, const Config& config) {
  auto request = SymbolRequest::parse(text, config.general.quote);
  if (!request || !request->exchange) return request;
  const auto exchange = read_exchange(request->exchange->text());
  if (!exchange) return exchange.error();
  return request;
}

/// Gathers requests, each one once.
class Gathering {
 public:
  void add(const SymbolRequest& request) {
    if (seen_.insert(request).second) symbols_.requests.push_back(request);
  }
  void refuse() { ++symbols_.refused; }
  [[nodiscard]] bool is_full() const { return symbols_.requests.size() > kMaxSymbols; }
  [[nodiscard]] RequestedSymbols take() && { return std::move(symbols_); }

 private:
  std::set<SymbolRequest> seen_;
  RequestedSymbols symbols_;
};

Result<void> add_lines(Gathering& gathering, const Config& config, Session& session) {
  const auto text = read_all(session.in);
  if (!text) return text.error();
  std::string_view rest = *text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::string_view raw = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(raw.size() + 1, rest.size()));
    const std::string_view line = trimmed(raw);
    if (line.empty() || line.front() == '#') continue;
    const auto request = read_symbol(line, config);
    if (!request) {
      session.log.error(
          fmt::format("standard input, line {}: {}", number, request.error().message));
      gathering.refuse();
      continue;
    }
    gathering.add(*request);
    if (gathering.is_full()) return too_many();
  }
  return {};
}

}  // namespace

Result<ExchangeName> read_exchange(std::string_view text) {
  auto name = ExchangeName::parse(text);
  if (name && (is_made_up_source(name->text()) || is_exchange_name(name->text()))) return name;
  std::vector<std::string_view> known{exchange_names().begin(), exchange_names().end()};
  const ExchangeName demo = demo_exchange();
  known.push_back(demo.text());
  known.push_back(kMedianName);
  const auto near = nearest(text, known, 1);
  return Error{
      Errc::invalid_input,
      near.empty()
          ? fmt::format("unknown exchange {}: there are {}", quoted(text), fmt::join(known, ", "))
          : fmt::format("unknown exchange {}: did you mean \"{}\"?", quoted(text), near.front())};
}

Result<RequestedSymbols> read_symbols(const std::vector<std::string>& arguments,
                                      const Config& config, Session& session) {
  Gathering gathering;
  if (arguments.empty()) {
    if (config.general.symbols.empty()) {
      return Error{Errc::invalid_input,
                   "no symbol given, and general.symbols in the configuration is empty: try "
                   "BTC/USDT"};
    }
    for (const SymbolRequest& request : config.general.symbols) gathering.add(request);
    return std::move(gathering).take();
  }
  bool read_stdin = false;
  for (const std::string& argument : arguments) {
    if (argument == "-") {
      if (std::exchange(read_stdin, true)) continue;
      const auto added = add_lines(gathering, config, session);
      if (!added) return added.error();
      continue;
    }
    const auto request = read_symbol(argument, config);
    if (!request) return request.error();
    gathering.add(*request);
    if (gathering.is_full()) return too_many();
  }
  return std::move(gathering).take();
}

}  // namespace btcw::cli
