#include "btcw/cache/redis_price_cache.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

#include "btcw/cache/redis_leader_writer.h"
#include "btcw/cache/redis_values.h"
#include "btcw/redis/redis_error.h"
#include "btcw/redis/redis_scan.h"

namespace btcw {
namespace {

constexpr milliseconds kTrust{1000};
/// Small, so that the server has something to do while the next piece is made.
constexpr std::size_t kPieceBytes = std::size_t{32} << 10U;
constexpr std::size_t kBatchKeys = 256;
constexpr std::size_t kMostKnown = 100'000;

// Deletes a key if it still holds what was read of it.
constexpr std::string_view kDeleteIfEqual =
    "if redis.call('GET',KEYS[1])==ARGV[1] then return redis.call('DEL',KEYS[1]) end return 0";

/// What a key holds, as far as this process knows.
struct Known {
  UtcTime received = UtcTime::min();
  SteadyTime seen = SteadyTime::min();
};
using KnownKeys = std::unordered_map<std::string, Known>;

/// One key to be written.
struct Write {
  KnownKeys::value_type* key;
  const CacheEntry* entry;
  std::int64_t seconds_left;
};

class RedisPriceCache final : public PriceCache {
 public:
  RedisPriceCache(RedisPriceCacheOptions options, RedisPriceCachePorts ports)
      : options_{std::move(options)},
        redis_{ports.redis},
        clock_{ports.clock},
        log_{ports.log},
        values_{ports.redis, std::move(ports.reader)} {
    if (!options_.leader_token) return;
    leader_.emplace(RedisLeaderWriter::Options{.prefix = options_.prefix,
                                               .ttl = options_.ttl,
                                               .token = options_.leader_token,
                                               .stores = options_.stores},
                    RedisLeaderWriter::Ports{redis_, clock_, log_});
  }

  Result<void> put(std::span<const CacheEntry> entries) override {
    if (leader_) return leader_->write(entries);
    if (redis_.connections() != known_from_) known_.clear();
    if (known_.size() > kMostKnown) known_.clear();
    const std::vector<Write> writes = writes_for(entries);
    auto written = learn(writes);
    if (written) written = write(writes);
    // What was written and what was not is anybody's guess.
    if (!written) known_.clear();
    known_from_ = redis_.connections();
    return written;
  }

  Result<std::vector<std::optional<Ticker>>> get(std::span<const SymbolRequest> requests) override {
    std::vector<std::string> keys;
    keys.reserve(requests.size());
    for (const SymbolRequest& request : requests) {
      keys.push_back(redis_price_key(options_.prefix, request));
    }
    const auto found = values_.fetch(keys);
    if (!found) return found.error();
    std::vector<std::optional<Ticker>> answers(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const RedisReply& value = (*found)[i];
      if (value.kind != RedisReply::Kind::text) continue;
      auto ticker = read(value.text, requests[i]);
      if (ticker) {
        answers[i] = *std::move(ticker);
      } else {
        log_.warning("a value in Redis is no price",
                     {{"key", keys[i]}, {"why", ticker.error().message}});
      }
    }
    return answers;
  }

  Result<std::vector<Ticker>> list() override {
    auto held = held_under("price:*:*");
    if (!held) return std::move(held).error();
    std::vector<Ticker> tickers;
    for (const Held& one : *held) tickers.push_back(one.ticker);
    return tickers;
  }

  Result<std::size_t> remove_older(UtcTime before) override {
    auto held = held_under("price:*");
    if (!held) return std::move(held).error();
    std::erase_if(*held, [&](const Held& one) { return one.ticker.received >= before; });
    std::size_t removed = 0;
    for (std::size_t from = 0; from < held->size(); from += kBatchKeys) {
      const std::size_t to = std::min(from + kBatchKeys, held->size());
      pipeline_.clear();
      for (std::size_t i = from; i < to; ++i) {
        pipeline_.add({"EVAL", kDeleteIfEqual, "1", (*held)[i].key, (*held)[i].value});
      }
      const auto replies = redis_.run(pipeline_);
      if (!replies) return replies.error();
      for (std::size_t i = from; i < to; ++i) {
        const RedisReply& reply = (*replies)[i - from];
        if (reply.is_error()) return read_redis_error(reply.text);
        if (reply.integer == 1 && (*held)[i].of_exchange) ++removed;
      }
    }
    known_.clear();
    return removed;
  }

 private:
  struct Held {
    std::string key;
    std::string value;
    Ticker ticker;
    bool of_exchange;
  };

  std::vector<Write> writes_for(std::span<const CacheEntry> entries) {
    const UtcTime now = clock_.now();
    std::vector<Write> writes;
    writes.reserve(entries.size() * 2);
    const auto add = [&](const CacheEntry& entry, const SymbolRequest& under, std::int64_t left) {
      const auto place = known_.try_emplace(redis_price_key(options_.prefix, under)).first;
      writes.push_back({&*place, &entry, left});
    };
    for (const CacheEntry& entry : entries) {
      const Ticker& ticker = entry.ticker;
      const auto left = redis_seconds_left(ticker, options_.ttl, now);
      if (!is_cacheable(ticker) || left <= 0) continue;
      add(entry, {ticker.symbol, ticker.exchange}, left);
      if (entry.scope == CacheScope::any) add(entry, {.symbol = ticker.symbol}, left);
    }
    return writes;
  }

  /// Looks up what the keys hold of which that is not known.
  Result<void> learn(const std::vector<Write>& writes) {
    const SteadyTime now = clock_.steady_now();
    std::vector<KnownKeys::value_type*> places;
    for (const Write& write : writes) {
      if (write.key->second.seen + kTrust < now) places.push_back(write.key);
    }
    std::vector<std::string> batch;
    for (std::size_t from = 0; from < places.size(); from += kBatchKeys) {
      const std::size_t to = std::min(from + kBatchKeys, places.size());
      batch.clear();
      for (std::size_t i = from; i < to; ++i) batch.push_back(places[i]->first);
      const auto values = values_.fetch(batch);
      if (!values) return values.error();
      for (std::size_t i = from; i < to; ++i) learn_one(*places[i], (*values)[i - from], now);
    }
    return {};
  }

  void learn_one(KnownKeys::value_type& place, const RedisReply& value, SteadyTime now) {
    place.second = {.seen = now};
    if (value.kind != RedisReply::Kind::text) return;
    // What is no ticker of that key gives way.
    const auto ticker = values_.read(value.text);
    if (ticker && belongs_to(*ticker, place.first)) place.second.received = ticker->received;
  }

  Result<void> write(const std::vector<Write>& writes) {
    const UtcTime now = clock_.now();
    const SteadyTime seen = clock_.steady_now();
    const CacheEntry* written = nullptr;
    auto next = writes.begin();
    const auto replies = redis_.run_in_pieces([&](RedisPipeline& commands) {
      for (; next != writes.end() && commands.bytes().size() < kPieceBytes; ++next) {
        Known& known = next->key->second;
        const UtcTime received = next->entry->ticker.received;
        if (!may_replace(known.received, received, now)) continue;
        known = {received, seen};
        // Both keys of an entry hold the same.
        if (written != next->entry) {
          json_.clear();
          append_json(next->entry->ticker, json_);
          written = next->entry;
        }
        commands.add({"SETEX", next->key->first, std::to_string(next->seconds_left), json_});
      }
    });
    if (!replies) return replies.error();
    for (const RedisReply& reply : *replies) {
      if (reply.is_error()) return read_redis_error(reply.text);
    }
    return {};
  }

  Result<Ticker> read(std::string_view value, const SymbolRequest& request) {
    auto ticker = values_.read(value);
    if (!ticker) return ticker;
    if (ticker->symbol != request.symbol ||
        (request.exchange && ticker->exchange != *request.exchange)) {
      return Error{Errc::bad_data, "it is of another symbol or exchange"};
    }
    return ticker;
  }

  [[nodiscard]] bool belongs_to(const Ticker& ticker, std::string_view key) const {
    return key == redis_price_key(options_.prefix, {ticker.symbol, ticker.exchange}) ||
           key == redis_price_key(options_.prefix, {.symbol = ticker.symbol});
  }

  /// The tickers under the keys that match, without those that are none.
  Result<std::vector<Held>> held_under(std::string_view pattern) {
    auto keys = values_.keys(literal_pattern(options_.prefix).append(pattern));
    if (!keys) return std::move(keys).error();
    std::vector<Held> held;
    for (std::size_t from = 0; from < keys->size(); from += kBatchKeys) {
      const std::size_t to = std::min(from + kBatchKeys, keys->size());
      std::vector<std::string> batch(keys->begin() + static_cast<std::ptrdiff_t>(from),
                                     keys->begin() + static_cast<std::ptrdiff_t>(to));
      auto values = values_.fetch(batch);
      if (!values) return std::move(values).error();
      for (std::size_t i = 0; i < batch.size(); ++i) {
        RedisReply& value = (*values)[i];
        if (value.kind != RedisReply::Kind::text) continue;
        auto ticker = values_.read(value.text);
        if (!ticker || !belongs_to(*ticker, batch[i])) continue;
        const bool of_exchange =
            batch[i] != redis_price_key(options_.prefix, {.symbol = ticker->symbol});
        held.push_back({std::move(batch[i]), std::move(value.text), *ticker, of_exchange});
      }
    }
    return held;
  }

  RedisPriceCacheOptions options_;
  RedisClient& redis_;
  const Clock& clock_;
  Log& log_;
  RedisValues values_;
  std::optional<RedisLeaderWriter> leader_ = std::nullopt;  ///< where there are others to lead
  RedisPipeline pipeline_;
  std::string json_;
  KnownKeys known_;
  std::uint64_t known_from_ = 0;  ///< the connection that taught it
};

}  // namespace

std::unique_ptr<PriceCache> make_redis_price_cache(RedisPriceCacheOptions options,
                                                   RedisPriceCachePorts ports) {
  return std::make_unique<RedisPriceCache>(std::move(options), std::move(ports));
}

std::string redis_price_key(std::string_view prefix, const SymbolRequest& request) {
  constexpr std::string_view kName = "price:";
  std::string key;
  key.reserve(prefix.size() + kName.size() + ExchangeName::kMaxText + 1 + Symbol::kMaxText);
  key.append(prefix).append(kName);
  if (request.exchange) key.append(request.exchange->text()).append(":");
  return key.append(request.symbol.text());
}

}  // namespace btcw
