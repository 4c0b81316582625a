#include "btcw/agenda/prune.h"

#include <fmt/format.h>

#include <optional>

namespace btcw {
namespace {

// Counts what one step removed, and keeps the first error of all.
std::size_t counted(Result<std::size_t> removed, std::string_view what,
                    std::optional<Error>& first) {
  if (removed) return *removed;
  if (!first) first = std::move(removed).error().within(what);
  return 0;
}

}  // namespace

Result<std::string> prune(const PrunePorts& ports, const PruneAges& ages, UtcTime now) {
  std::optional<Error> first;
  const std::size_t dead = counted(ports.queue.purge_dead(now - ages.dead), "dead letters", first);
  const std::size_t marks = counted(ports.marks.prune(now), "marks", first);
  std::size_t deliveries = 0;
  if (ports.deliveries != nullptr) {
    deliveries =
        counted(ports.deliveries->prune(now - ages.deliveries), "records of deliveries", first);
  }
  std::size_t prices = 0;
  if (ports.cache != nullptr) {
    prices = counted(ports.cache->remove_older(now - ages.prices), "price cache", first);
  }
  if (first) return *std::move(first);
  return fmt::format("removed {} dead letters, {} records of deliveries, {} marks, {} prices", dead,
                     deliveries, marks, prices);
}

}  // namespace btcw
