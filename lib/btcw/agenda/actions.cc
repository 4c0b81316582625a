#include "btcw/agenda/actions.h"

#include <algorithm>

namespace btcw {

std::string ping_url(std::string_view url, PingKind kind) {
  const std::size_t query = std::min(url.find('?'), url.size());
  std::string address{url.substr(0, query)};
  switch (kind) {
    case PingKind::success:
      return std::string{url};
    case PingKind::start:
    case PingKind::failure:
      break;
  }
  while (address.ends_with('/')) address.pop_back();
  address += kind == PingKind::start ? "/start" : "/fail";
  return address.append(url.substr(query));
}

}  // namespace btcw
