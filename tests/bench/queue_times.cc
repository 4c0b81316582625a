// queue_times [ROUNDS [BACKLOG]]: the file queue beside a C program of the same durability, in
// turn, in one run and in one folder's file system, so that the machine's moods meet both alike.
// Prints the rate of each, and the ratio of the medians. BTCW_BENCH_FOLDER says where.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/random.h"
#include "btcw/queue/file_queue.h"
#include "btcw/queue/message_json.h"
#include "queue_baseline.h"
#include "support/recording_log.h"

using namespace btcw;

namespace fs = std::filesystem;

namespace {

using Steady = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr unsigned long kSingles = 100;
constexpr unsigned long kBatches = 10;
constexpr unsigned long kBatch = 100;

void require(bool condition, std::string_view what) {
  if (!condition) throw std::runtime_error{std::string{what}};
}

/// Both queues, each in a fresh folder, and the same message for both.
class Contest {
 public:
  explicit Contest(const fs::path& where) : ours_{where / "ours"}, theirs_{where / "theirs"} {
    fs::create_directories(theirs_ / ".tmp");
    folder_ = ::open(theirs_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    auto opened = open_file_queue(ours_, {files_, clock_, random_, log_});
    require(folder_ >= 0 && opened.has_value(), "cannot open the queues");
    queue_ = *std::move(opened);
    bytes_ = encode_message(next_message().message);
  }
  Contest(const Contest&) = delete;
  Contest& operator=(const Contest&) = delete;
  ~Contest() { ::close(folder_); }

  void our_singles() {
    for (unsigned long i = 0; i < kSingles; ++i) {
      require(queue_->add(std::vector{next_message()}).has_value(), "add");
    }
  }
  void their_singles() {
    for (unsigned long i = 0; i < kSingles; ++i)
      require(baseline_add_one(folder_, number_++, bytes_.data(), bytes_.size()) == 0, "add");
  }
  void our_batches() {
    for (unsigned long i = 0; i < kBatches; ++i) {
      std::vector<Queue::NewMessage> messages;
      for (unsigned long k = 0; k < kBatch; ++k) messages.push_back(next_message());
      require(queue_->add(messages).has_value(), "add");
    }
  }
  void their_batches() {
    for (unsigned long i = 0; i < kBatches; ++i, number_ += kBatch)
      require(baseline_add_many(folder_, number_, kBatch, bytes_.data(), bytes_.size()) == 0,
              "add");
  }
  void our_take() {
    for (std::size_t left = number_; left > 0;) {
      auto claims = queue_->take(clock_.now(), 16);
      require(claims.has_value() && !claims->empty(), "take");
      left -= claims->size();
      for (auto& claim : *claims) require(queue_->ack(std::move(claim)).has_value(), "ack");
    }
  }
  void their_take() { require(baseline_take(folder_, 0, number_) == 0, "take"); }
  [[nodiscard]] unsigned long count() const { return number_; }

 private:
  Queue::NewMessage next_message() {
    Notification message{
        .id = make_message_id(clock_, random_), .body = {}, .created = clock_.now()};
    message.title = "BTC/USDT broke 100000";
    message.body = std::string(700, 'x');
    message.channels = {"telegram"};
    return {.message = std::move(message), .due = clock_.now()};
  }

  fs::path ours_;
  fs::path theirs_;
  int folder_ = -1;
  PosixFiles files_;
  SystemClock clock_;
  SystemRandom random_;
  test::RecordingLog log_;
  std::unique_ptr<Queue> queue_;
  std::string bytes_;
  unsigned long number_ = 0;
};

struct Times {
  std::string_view what;
  unsigned long messages;
  std::vector<double> ours = {};
  std::vector<double> theirs = {};
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <typename Work>
double timed(Work work) {
  const auto begun = Steady::now();
  work();
  return Seconds{Steady::now() - begun}.count();
}

void run_round(const fs::path& where, int round, std::vector<Times>& all) {
  Contest contest{where / std::to_string(round)};
  // Who is first changes: the second one finds a warmer journal.
  const auto both = [&](Times& times, auto ours, auto theirs) {
    if (round % 2 == 0) times.ours.push_back(timed([&] { (contest.*ours)(); }));
    times.theirs.push_back(timed([&] { (contest.*theirs)(); }));
    if (round % 2 != 0) times.ours.push_back(timed([&] { (contest.*ours)(); }));
  };
  both(all[0], &Contest::our_singles, &Contest::their_singles);
  both(all[1], &Contest::our_batches, &Contest::their_batches);
  all[2].messages = contest.count();
  both(all[2], &Contest::our_take, &Contest::their_take);
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::size_t resident_kilobytes() {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;) {
    std::size_t size = 0;
    if (word == "VmHWM:" && status >> size) return size;
  }
  return 0;
}

/// In a process of its own, so that its memory is that of a consumer and nothing else.
void time_backlog(const fs::path& folder, int count) {
  PosixFiles files;
  SystemClock clock;
  SystemRandom random;
  test::RecordingLog log;
  fs::create_directories(folder);
  for (int i = 0; i < count; ++i) {
    std::ofstream{folder / fmt::format("20261122T120000Z-1-{:016x}-k3x9q2m7p1-a00.json", i)}
        << R"({"text":"a"})";
  }
  std::fflush(stdout);
  const auto child = ::fork();
  if (child == 0) {
    for (int i = 0; i < 5; ++i) {
      const auto begun = Steady::now();
      const double cpu_before = cpu_seconds();
      auto opened = open_file_queue(folder, {files, clock, random, log});
      auto claims = (*opened)->take(clock.now(), 16);
      const double took = Seconds{Steady::now() - begun}.count();
      fmt::print(
          "first take of {} from a backlog of {}: {:.0f} ms, {:.0f} ms of CPU, peak RSS {} kB\n",
          claims->size(), count, took * 1000, (cpu_seconds() - cpu_before) * 1000,
          resident_kilobytes());
    }
    std::fflush(stdout);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
  const int backlog = argc > 2 ? std::atoi(argv[2]) : 100'000;
  const char* where = std::getenv("BTCW_BENCH_FOLDER");
  std::string pattern = fs::path{where == nullptr ? "/tmp" : where} / "btcw-queue-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return 1;
  const fs::path folder{pattern};
  int status = 0;
  try {
    std::vector<Times> all{{"add one by one", kSingles},
                           {"add in batches of 100", kBatches * kBatch},
                           {"take and remove", 0}};
    for (int round = 0; round < rounds; ++round) run_round(folder, round, all);
    for (const auto& times : all) {
      const double ours = median(times.ours);
      const double theirs = median(times.theirs);
      const auto count = static_cast<double>(times.messages);
      fmt::print("{:24} ours {:7.0f}/s  C {:7.0f}/s  ratio {:.2f}\n", times.what, count / ours,
                 count / theirs, theirs / ours);
    }
    if (backlog > 0) time_backlog(folder / "backlog", backlog);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "queue_times: {}\n", failure.what());
    status = 1;
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return status;
}
