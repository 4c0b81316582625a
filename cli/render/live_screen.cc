#include "render/live_screen.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace btcw::cli {
namespace {

// The alternate screen, without a cursor.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[2J";
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";
constexpr milliseconds kBetweenDrawings{100};

struct Key {
  std::string_view bytes;
  int rows;  ///< how far it scrolls
};
constexpr std::array kScrollKeys{
    Key{"j", 1},      Key{"k", -1},      Key{"\x1b[B", 1},   Key{"\x1b[A", -1},
    Key{"\x1bOB", 1}, Key{"\x1bOA", -1}, Key{"\x1b[6~", 10}, Key{"\x1b[5~", -10},
};

}  // namespace

LiveScreen::LiveScreen(Options options, const Clock& clock, ScreenLog& log)
    : options_{std::move(options)}, clock_{clock}, log_{log} {
  enter();
}

LiveScreen::~LiveScreen() { leave(); }

void LiveScreen::show(std::span<const SymbolRequest> requests, std::string title,
                      milliseconds stale_after) {
  table_.expect(requests);
  options_.title = std::move(title);
  options_.stale_after = stale_after;
  due_ = clock_.steady_now();
}

void LiveScreen::enter() {
  if (std::exchange(entered_, true)) return;
  if (options_.keys >= 0) key_mode_.emplace(options_.keys);
  put(kEnter);
  due_ = clock_.steady_now();
}

void LiveScreen::leave() {
  if (!std::exchange(entered_, false)) return;
  put(kLeave);
  key_mode_.reset();
}

void LiveScreen::suspend() {
  leave();
  std::raise(SIGSTOP);
  enter();
}

Result<Flow> LiveScreen::on_ticks(std::span<const CacheEntry> ticks) {
  for (const CacheEntry& tick : ticks) {
    table_.update(tick);
    latest_ = std::max(latest_, tick.ticker.received);
  }
  due_ = std::min(due_, drawn_ + kBetweenDrawings);
  return Flow::go_on;
}

Result<Flow> LiveScreen::on_time() {
  if (take_keys() == Flow::stop) return Flow::stop;
  if (clock_.steady_now() >= due_) draw();
  return terminal_gone_ ? Flow::stop : Flow::go_on;
}

void LiveScreen::on_resize() { due_ = clock_.steady_now(); }

Result<void> LiveScreen::finish() {
  leave();
  log_.release();
  return {};
}

void LiveScreen::draw() {
  const std::string message = log_.latest();
  put(table_.render({.size = terminal_size(options_.out),
                     .now = options_.ages == Ages::clock ? clock_.now() : latest_,
                     .stale_after = options_.stale_after,
                     .title = options_.title,
                     .message = message,
                     .color = options_.color}));
  drawn_ = clock_.steady_now();
  due_ = drawn_ + seconds{1};
}

Flow LiveScreen::take_keys() {
  if (options_.keys < 0) return Flow::go_on;
  pollfd keys{.fd = options_.keys, .events = POLLIN, .revents = 0};
  if (poll(&keys, 1, 0) <= 0) return Flow::go_on;
  std::array<char, 64> bytes{};
  const ssize_t size = read(options_.keys, bytes.data(), bytes.size());
  // The terminal was closed.
  if (size == 0 || (size < 0 && errno != EINTR && errno != EAGAIN)) return Flow::stop;
  if (size < 0) return Flow::go_on;
  return handle({bytes.data(), static_cast<std::size_t>(size)});
}

Flow LiveScreen::handle(std::string_view typed) {
  while (!typed.empty()) {
    const auto scroll = std::find_if(kScrollKeys.begin(), kScrollKeys.end(),
                                     [&](const Key& key) { return typed.starts_with(key.bytes); });
    if (scroll != kScrollKeys.end()) {
      table_.scroll(scroll->rows);
      typed.remove_prefix(scroll->bytes.size());
      due_ = clock_.steady_now();
      continue;
    }
    if (typed.front() == 'q' || typed.front() == 'Q') return Flow::stop;
    if (typed.front() == '\x1a') suspend();
    if (typed.front() == '\x0c') due_ = clock_.steady_now();
    typed.remove_prefix(1);
  }
  return Flow::go_on;
}

void LiveScreen::put(std::string_view text) {
  while (!text.empty() && !terminal_gone_) {
    const ssize_t wrote = write(options_.out, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    terminal_gone_ = wrote < 0;
    if (wrote > 0) text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

}  // namespace btcw::cli
