#include "btcw/net/socket_inbox.h"

#include <utility>

namespace btcw {

bool SocketInbox::put(const SocketEvent& event) {
  const std::lock_guard lock{mutex_};
  const bool was_empty = filling_.items.empty();
  filling_.items.push_back({event, event.bytes.size()});
  filling_.bytes.append(event.bytes);
  if (was_empty) arrived_.set();
  return filling_.bytes.size() < kFullBytes;
}

bool SocketInbox::take(SocketSink sink) {
  {
    const std::lock_guard lock{mutex_};
    if (filling_.items.empty()) return false;
    std::swap(filling_, emptied_);
    arrived_.clear();
  }
  std::string_view rest = emptied_.bytes;
  for (Item& item : emptied_.items) {
    item.event.bytes = rest.substr(0, item.size);
    rest.remove_prefix(item.size);
    sink(item.event);
  }
  const bool was_full = emptied_.bytes.size() >= kFullBytes;
  emptied_.items.clear();
  emptied_.bytes.clear();
  return was_full;
}

}  // namespace btcw
