#include "btcw/redis/redis_error.h"

#include <algorithm>
#include <string>

#include "btcw/base/quoted.h"

namespace btcw {
namespace {

struct Meaning {
  std::string_view word;
  Errc code;
  std::string_view message;
};

constexpr Meaning kMeanings[] = {
    {"OOM", Errc::unavailable, "Redis is out of memory (maxmemory)"},
    {"READONLY", Errc::unavailable, "Redis is a replica that cannot be written to"},
    {"MISCONF", Errc::unavailable, "Redis takes no writes, for it cannot save to its disk"},
    {"LOADING", Errc::unavailable, "Redis is still loading its data"},
    {"BUSY", Errc::unavailable, "Redis is busy with a script"},
    {"NOREPLICAS", Errc::unavailable, "Redis has not enough replicas to take writes"},
    {"MASTERDOWN", Errc::unavailable, "Redis is a replica that has lost its master"},
    {"CLUSTERDOWN", Errc::unavailable, "the cluster of Redis is down"},
    {"TRYAGAIN", Errc::unavailable, "the cluster of Redis is moving its keys"},
    {"NOAUTH", Errc::rejected, "Redis asks for a password"},
    {"WRONGPASS", Errc::rejected, "Redis refuses the user or the password"},
    {"NOPERM", Errc::rejected, "Redis does not let this user do that"},
    {"MOVED", Errc::rejected, "this is a cluster of Redis, which is not supported"},
    {"ASK", Errc::rejected, "this is a cluster of Redis, which is not supported"},
    {"WRONGTYPE", Errc::bad_data, "a key in Redis holds something else than expected"},
    {"NOSCRIPT", Errc::not_found, "Redis does not know the script"},
};

bool begins(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

const Meaning* meaning_of(std::string_view text) {
  const std::string_view word = text.substr(0, text.find(' '));
  const auto* const found = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                         [&](const Meaning& one) { return one.word == word; });
  return found == std::end(kMeanings) ? nullptr : found;
}

}  // namespace

Error read_redis_error(std::string_view text) {
  if (const Meaning* const meaning = meaning_of(text)) {
    return {meaning->code, std::string{meaning->message}};
  }
  return {Errc::rejected, "Redis refuses: " + quoted(text, 120)};
}

Error read_auth_error(std::string_view text) {
  if (const Meaning* const meaning = meaning_of(text)) {
    return {meaning->code, std::string{meaning->message}};
  }
  // Before ACLs there was no WRONGPASS.
  if (begins(text, "ERR invalid password")) {
    return {Errc::rejected, "Redis refuses the user or the password"};
  }
  if (begins(text, "ERR AUTH") || begins(text, "ERR Client sent AUTH")) {
    return {Errc::rejected, "Redis has no password set, but one is configured here"};
  }
  if (begins(text, "ERR wrong number of arguments")) {
    return {Errc::rejected, "Redis is older than 6.0 and knows no users"};
  }
  return {Errc::rejected, "Redis refuses AUTH with " + quoted(text.substr(0, text.find(' ')), 20)};
}

}  // namespace btcw
