#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/fake_channels.h"
#include "support/run_btcw.h"

namespace btcw::test {

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream stream{path};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

inline std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// A sandbox whose queue is ROOT/queue and whose state is ROOT/state, with sections of channels at
/// a fake server.
class Desk {
 public:
  Desk() { write_config(""); }

  void write_config(const std::string& sections) const {
    sandbox.write_config("[general]\nstate_dir = \"" + state().string() + "\"\n[queue]\ndir = \"" +
                         queue().string() + "\"\n" + sections);
  }
  /// The section of a service at the fake server.
  [[nodiscard]] std::string section(const std::string& name, const std::string& type,
                                    const std::string& more = {}) const {
    std::string text = "[channel." + name + "]\ntype = \"" + type + "\"\n";
    for (const auto& [key, value] : services.values(type)) {
      text += key + " = \"" + value + "\"\n";
    }
    return text + more;
  }
  [[nodiscard]] std::filesystem::path queue() const { return sandbox.root() / "queue"; }
  [[nodiscard]] std::filesystem::path state() const { return sandbox.root() / "state"; }
  /// Messages in the queue's folder of that name ("" is the pending ones).
  [[nodiscard]] std::vector<std::filesystem::path> files_in(const std::string& folder) const {
    std::vector<std::filesystem::path> files;
    if (!std::filesystem::exists(queue() / folder)) return files;
    for (const auto& entry : std::filesystem::directory_iterator{queue() / folder}) {
      if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  /// Makes every pending message due: the time stands in its name.
  void make_due() const {
    for (const auto& path : files_in("")) {
      std::string name = path.filename();
      name.replace(0, 16, "20200101T000000Z");
      std::filesystem::rename(path, queue() / name);
    }
  }
  [[nodiscard]] Outcome run(std::vector<std::string> arguments, std::string input = {}) const {
    return sandbox.run({.arguments = std::move(arguments), .input = std::move(input)});
  }
  /// Adds a message and returns its id; "" when it was refused.
  [[nodiscard]] std::string notify(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "notify");
    const Outcome sent = run(std::move(arguments));
    return sent.exit_code == 0 && !sent.out.empty() ? sent.out.substr(0, sent.out.size() - 1) : "";
  }
  /// All that a stranger could read afterwards: every file below the root but the configuration.
  [[nodiscard]] std::string left_behind() const {
    std::string text;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{sandbox.root()}) {
      if (entry.is_regular_file() && entry.path().filename() != "config.toml") {
        text += text_of(entry.path());
      }
    }
    return text;
  }

  Sandbox sandbox{BTCW_EXECUTABLE};
  FakeChannels services;
};

}  // namespace btcw::test
