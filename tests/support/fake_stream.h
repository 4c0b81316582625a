#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/time.h"
#include "support/fake_exchange_answers.h"

namespace btcw::test {

/// What a server does next.
struct StreamSpeech {
  std::vector<std::string> frames = {};
  /// Not empty: it ends the connection, for this breach of its rules.
  std::string breach = {};
};

/// One connection to an exchange's stream, as the exchange sees it: what it answers, and what it
/// does not put up with. Knows no socket; the time is told.
class FakeStream {
 public:
  FakeStream(std::string exchange, SteadyTime now);

  /// What it says first.
  StreamSpeech greet();
  /// A text of the client's.
  StreamSpeech hear(const std::string& text, SteadyTime now);
  /// A ping or pong frame of the client's.
  void hear_sign(SteadyTime now) { heard_ = now; }
  /// What it says, or does, because of the time.
  StreamSpeech pass(SteadyTime now);
  /// The frames for a pair ("BTC/USDT") that is subscribed to, else none.
  std::vector<std::string> tick(const std::string& symbol, const FakeQuote& quote, SteadyTime now);

  /// The natives that are subscribed to, with the number of their channel.
  [[nodiscard]] const std::map<std::string, int>& subscribed() const { return channels_; }

 private:
  StreamSpeech subscribe(const std::vector<std::string>& topics, std::string ack, SteadyTime now);
  StreamSpeech breach(std::string why) const { return {.frames = {}, .breach = std::move(why)}; }

  std::string exchange_;
  SteadyTime opened_;
  SteadyTime heard_;
  SteadyTime pushed_;
  SteadyTime asked_;                     ///< when it last asked for a sign of life
  std::optional<std::string> question_;  ///< the answer that it waits for
  std::deque<SteadyTime> messages_;      ///< of the last seconds
  std::map<std::string, int> channels_;
  std::size_t topics_ = 0;
};

}  // namespace btcw::test
