// drain_times [ROUNDS [BACKLOG]]: `btcw queue-drain` as a process, as crontabs and services run it.
// To the file channel beside a C program that takes and removes the same messages, in turn; to a
// local HTTP server; from a large backlog; and with --follow. BTCW_BENCH_FOLDER says where.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is not in <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/random.h"
#include "btcw/queue/file_queue.h"
#include "btcw/queue/message_json.h"
#include "http_sink.h"
#include "queue_baseline.h"
#include "support/recording_log.h"

using namespace btcw;

namespace fs = std::filesystem;

namespace {

using Steady = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using std::chrono::duration_cast;

constexpr std::size_t kBatch = 100;

void require(bool condition, std::string_view what) {
  if (!condition) throw std::runtime_error{std::string{what}};
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// What a process, or this one, has used.
double cpu_of(const rusage& used) { return seconds_of(used.ru_utime) + seconds_of(used.ru_stime); }

/// Time by the clock and of the CPU: the second is less at the mercy of what else runs.
struct Times {
  std::vector<double> elapsed = {};
  std::vector<double> cpu = {};
};

double since(Steady::time_point begun) { return Seconds{Steady::now() - begun}.count(); }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// A home for one btcw, with a queue that messages are put into from here.
class Home {
 public:
  Home(fs::path folder, std::string_view config) : folder_{std::move(folder)} {
    fs::create_directories(folder_ / "btcw");
    const auto file = folder_ / "btcw" / "config.toml";
    std::ofstream{file} << config;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    auto opened = open_file_queue(queue_folder(), {files_, clock_, random_, log_});
    require(opened.has_value(), "cannot open the queue");
    queue_ = *std::move(opened);
  }

  [[nodiscard]] fs::path queue_folder() const { return folder_ / "btcw" / "queue"; }

  Queue::NewMessage next_message() {
    Notification message{
        .id = make_message_id(clock_, random_), .body = {}, .created = clock_.now()};
    message.title = "BTC/USDT broke 100000";
    message.body = std::string(700, 'x');
    return {.message = std::move(message), .due = clock_.now()};
  }
  void add(std::size_t count) {
    for (std::size_t left = count; left > 0;) {
      std::vector<Queue::NewMessage> messages;
      for (; left > 0 && messages.size() < kBatch; --left) messages.push_back(next_message());
      require(queue_->add(messages).has_value(), "add");
    }
  }
  /// Adds one message, and returns its id when `notify` would have printed it.
  std::string add_one() {
    const std::vector messages{next_message()};
    require(queue_->add(messages).has_value(), "add");
    return messages[0].message.id;
  }
  [[nodiscard]] bool is_empty() const {
    const fs::directory_iterator files{queue_folder()};
    return std::none_of(fs::begin(files), fs::end(files),
                        [](const auto& entry) { return entry.path().extension() == ".json"; });
  }

  /// Starts `btcw queue-drain` with these arguments.
  [[nodiscard]] pid_t start(std::vector<std::string> arguments) const {
    const auto child = ::fork();
    if (child != 0) return child;
    for (const char* name : {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "HOME"}) {
      ::setenv(name, folder_.c_str(), 1);
    }
    std::vector<std::string> words{BTCW_EXECUTABLE, "queue-drain"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  /// Runs it to the end; returns what it has used.
  rusage run(std::vector<std::string> arguments = {}) const {
    const auto child = start(std::move(arguments));
    int status = 0;
    rusage used{};
    ::wait4(child, &status, 0, &used);
    require(WIFEXITED(status) && WEXITSTATUS(status) == 0, "queue-drain failed");
    return used;
  }

 private:
  fs::path folder_;
  PosixFiles files_;
  SystemClock clock_;
  SystemRandom random_;
  test::RecordingLog log_;
  std::unique_ptr<Queue> queue_;
};

std::string sink_config(const bench::HttpSink& sink) {
  return fmt::format("[channel.sink]\ntype = \"webhook\"\nurl = \"http://127.0.0.1:{}/\"\n",
                     sink.port());
}

/// The C program's queue with the same messages.
void time_baseline(const fs::path& folder, std::size_t count, const std::string& bytes,
                   Times& times) {
  fs::create_directories(folder / ".tmp");
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (std::size_t i = 0; i < count; i += kBatch) {
    require(baseline_add_many(fd, i, kBatch, bytes.data(), bytes.size()) == 0, "add");
  }
  rusage before{};
  rusage after{};
  ::getrusage(RUSAGE_SELF, &before);
  const auto begun = Steady::now();
  require(baseline_take(fd, 0, count) == 0, "take");
  times.elapsed.push_back(since(begun));
  ::getrusage(RUSAGE_SELF, &after);
  times.cpu.push_back(cpu_of(after) - cpu_of(before));
  ::close(fd);
}

void time_file_channel(const fs::path& where, int rounds) {
  constexpr std::size_t kCount = 3000;
  Times ours;
  Times theirs;
  for (int round = 0; round < rounds; ++round) {
    Home home{where / fmt::format("file{}", round), ""};
    const std::string bytes = encode_message(home.next_message().message);
    const auto other = where / fmt::format("baseline{}", round);
    const auto time_ours = [&] {
      home.add(kCount);
      const auto begun = Steady::now();
      ours.cpu.push_back(cpu_of(home.run()));
      ours.elapsed.push_back(since(begun));
      require(home.is_empty(), "messages are left");
    };
    // Who is first changes: the second one finds a warmer journal.
    if (round % 2 == 0) time_ours();
    time_baseline(other, kCount, bytes, theirs);
    if (round % 2 != 0) time_ours();
  }
  fmt::print(
      "drain to the file channel: ours {:.0f}/s, C takes and removes {:.0f}/s, ratio {:.2f}; of "
      "CPU "
      "{:.0f} and {:.0f} us a message\n",
      kCount / median(ours.elapsed), kCount / median(theirs.elapsed),
      median(theirs.elapsed) / median(ours.elapsed), median(ours.cpu) / kCount * 1e6,
      median(theirs.cpu) / kCount * 1e6);
}

void time_http(const fs::path& where, int rounds) {
  constexpr std::size_t kCount = 3000;
  bench::HttpSink sink;
  Times times;
  for (int round = 0; round < rounds; ++round) {
    Home home{where / fmt::format("http{}", round), sink_config(sink)};
    home.add(kCount);
    sink.reset();
    const auto begun = Steady::now();
    times.cpu.push_back(cpu_of(home.run()));
    times.elapsed.push_back(since(begun));
    require(sink.received() == kCount, "not each was delivered once");
  }
  fmt::print(
      "drain to a local HTTP server: {:.0f}/s, {:.0f} us of CPU a message, {} connections in {} "
      "runs\n",
      kCount / median(times.elapsed), median(times.cpu) / kCount * 1e6, sink.connections(), rounds);
}

void time_backlog(const fs::path& where, std::size_t count) {
  bench::HttpSink sink;
  Home home{where / "backlog", sink_config(sink)};
  home.add(count);
  for (int i = 0; i < 3; ++i) {
    sink.reset();
    const auto begun = Steady::now();
    const rusage used = home.run({"--max", "1"});
    fmt::print("first delivery from a backlog of {}: {:.0f} ms, peak RSS {} kB\n", count,
               Seconds{sink.first() - begun}.count() * 1000, used.ru_maxrss);
  }
  const auto begun = Steady::now();
  const rusage used = home.run();
  fmt::print("all of the backlog: {:.0f}/s, {:.0f} us of CPU a message, peak RSS {} kB\n",
             static_cast<double>(count) / since(begun),
             cpu_of(used) / static_cast<double>(count) * 1e6, used.ru_maxrss);
}

/// Seconds of CPU that a process has used.
double cpu_of_running(pid_t pid) {
  std::ifstream stat{fmt::format("/proc/{}/stat", pid)};
  std::string word;
  double ticks = 0;
  for (int i = 1; i <= 15 && stat >> word; ++i) {
    if (i >= 14) ticks += std::strtod(word.c_str(), nullptr);
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

void time_follow(const fs::path& where) {
  constexpr int kCount = 1000;
  bench::HttpSink sink;
  Home home{where / "follow", sink_config(sink)};
  const pid_t child = home.start({"--follow"});
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  std::vector<std::pair<std::string, Steady::time_point>> printed;
  for (int i = 0; i < kCount; ++i) {
    std::string id = home.add_one();
    printed.emplace_back(std::move(id), Steady::now());
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  std::this_thread::sleep_for(std::chrono::seconds{1});
  const double before = cpu_of_running(child);
  std::this_thread::sleep_for(std::chrono::seconds{5});
  const double idle = cpu_of_running(child) - before;
  ::kill(child, SIGTERM);
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto came = sink.times();
  std::vector<double> delays;
  for (const auto& [id, at] : printed) {
    const auto found = came.find(id);
    require(found != came.end(), "a message did not come");
    delays.push_back(Seconds{found->second - at}.count() * 1000);
  }
  std::sort(delays.begin(), delays.end());
  fmt::print(
      "--follow, id printed to message received: median {:.1f} ms, p99 {:.1f} ms, worst {:.1f} ms; "
      "{:.2f} s of CPU in 5 s idle; ended with {}\n",
      delays[kCount / 2], delays[kCount * 99 / 100], delays.back(), idle,
      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
  const int backlog = argc > 2 ? std::atoi(argv[2]) : 100'000;
  const char* where = std::getenv("BTCW_BENCH_FOLDER");
  std::string pattern = fs::path{where == nullptr ? "/tmp" : where} / "btcw-drain-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return 1;
  const fs::path folder{pattern};
  int status = 0;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  try {
    time_file_channel(folder, rounds);
    time_http(folder, rounds);
    time_follow(folder);
    if (backlog > 0) time_backlog(folder, static_cast<std::size_t>(backlog));
  } catch (const std::exception& failure) {
    fmt::print(stderr, "drain_times: {}\n", failure.what());
    status = 1;
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return status;
}
