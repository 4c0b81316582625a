#include "render/line_writer.h"

namespace btcw::cli {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10U;
constexpr std::size_t kFull = std::size_t{1} << 20U;
constexpr milliseconds kHeldAtMost{100};
constexpr milliseconds kPatience = seconds{1};

}  // namespace

void append_plain_line(const Ticker& ticker, std::string& out) {
  out.append(to_rfc3339(ticker.received)).append(" ").append(ticker.symbol.text()).append(" ");
  out.append(ticker.last.to_string());
  if (ticker.percentage) {
    out.append(ticker.percentage->is_negative() ? " " : " +");
    out.append(ticker.percentage->to_string()).append("%");
  }
  out.append(" ").append(ticker.exchange.text());
}

LineWriter::LineWriter(int out, Options options, const Clock& clock)
    : backlog_{out}, options_{options}, clock_{clock} {}

Result<Flow> LineWriter::on_ticks(std::span<const CacheEntry> ticks) {
  const bool stuck = backlog_.size() > 0 && due_ == SteadyTime::max();
  for (const CacheEntry& tick : ticks) {
    options_.format(tick.ticker, backlog_.text());
    backlog_.text() += '\n';
  }
  // on_time() goes on as soon as the reader has room.
  if (stuck) return Flow::go_on;
  if (options_.flush == Flush::at_once || backlog_.size() >= kPiece) return write_now();
  if (due_ == SteadyTime::max()) due_ = clock_.steady_now() + kHeldAtMost;
  return Flow::go_on;
}

Result<Flow> LineWriter::on_time() {
  const bool held = due_ != SteadyTime::max();
  return held && clock_.steady_now() < due_ ? Flow::go_on : write_now();
}

Result<Flow> LineWriter::write_now() {
  due_ = SteadyTime::max();
  return backlog_.write_some();
}

Load LineWriter::load() const {
  if (backlog_.size() >= kFull) return Load::full;
  return backlog_.size() > 0 ? Load::busy : Load::idle;
}

Result<void> LineWriter::finish() {
  if (backlog_.reader_gone()) return {};
  auto flow = backlog_.write_all(kPatience);
  if (!flow) return std::move(flow).error();
  return {};
}

}  // namespace btcw::cli
