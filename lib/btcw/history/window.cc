#include "btcw/history/window.h"

#include <algorithm>

namespace btcw::history {
namespace {

milliseconds piece_of(milliseconds window) {
  return std::max<milliseconds>(seconds{1}, window / 600);
}

std::int64_t number_of(UtcTime time, milliseconds piece) { return time.time_since_epoch() / piece; }

}  // namespace

PastPrice::PastPrice(milliseconds window) : window_{window}, piece_{piece_of(window)} {}

void PastPrice::add(UtcTime time, Decimal price) {
  if (!pieces_.empty()) {
    Piece& last = pieces_.back();
    if (time < last.time) return;
    if (number_of(time, piece_) == number_of(last.time, piece_)) {
      last = {time, price};
      return;
    }
  }
  pieces_.push_back({time, price});
  while (pieces_.size() > 1 && pieces_[1].time <= time - window_) pieces_.pop_front();
}

std::optional<Decimal> PastPrice::value(UtcTime now) const {
  std::optional<Piece> found;
  // add() leaves one that is old enough; more only when time has gone on without a price.
  for (std::size_t at = 0; at < pieces_.size() && pieces_[at].time <= now - window_; ++at) {
    found = pieces_[at];
  }
  if (!found || found->time < now - 2 * window_) return std::nullopt;
  return found->price;
}

std::optional<double> PastPrice::change(UtcTime now) const {
  const auto before = value(now);
  if (!before || before->is_zero()) return std::nullopt;
  const double from = before->to_double();
  return (pieces_[pieces_.size() - 1].price.to_double() - from) / from * 100;
}

WindowExtreme::WindowExtreme(Extreme extreme, milliseconds window)
    : extreme_{extreme}, window_{window}, piece_{piece_of(window)} {}

bool WindowExtreme::beats(Decimal a, Decimal b) const {
  return extreme_ == Extreme::highest ? a >= b : a <= b;
}

UtcTime WindowExtreme::end_of_piece(UtcTime time) const {
  return UtcTime{(number_of(time, piece_) + 1) * piece_};
}

void WindowExtreme::add(UtcTime time, Decimal price) {
  if (since_ && time < last_) return;
  if (!since_ || time - last_ > window_) {
    pieces_.clear();
    since_ = time;
  }
  last_ = time;
  while (!pieces_.empty() && pieces_.front().end <= time - window_) pieces_.pop_front();
  while (!pieces_.empty() && beats(price, pieces_.back().price)) pieces_.pop_back();
  const UtcTime end = end_of_piece(time);
  // Beaten within its own piece, it would be the extreme for less than a piece.
  if (!pieces_.empty() && pieces_.back().end == end) return;
  pieces_.push_back({end, price});
}

std::optional<Decimal> WindowExtreme::value(UtcTime now) const {
  if (!since_ || now - *since_ < window_ || now - last_ > window_) return std::nullopt;
  for (std::size_t at = 0; at < pieces_.size(); ++at) {
    if (pieces_[at].end > now - window_) return pieces_[at].price;
  }
  return std::nullopt;
}

}  // namespace btcw::history
