#include "btcw/config/config.h"

#include <optional>
#include <system_error>
#include <utility>

#include "btcw/base/secret.h"
#include "btcw/config/channel_sections.h"
#include "btcw/config/setting_applier.h"
#include "btcw/config/setting_collector.h"
#include "btcw/config/small_file.h"

namespace btcw {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1024} * 1024;

enum class Presence { required, optional };
enum class Found { yes, no };

// One call of load_config().
class Loading {
 public:
  explicit Loading(const ConfigSources& sources)
      : sources_{sources}, paths_{find_paths(sources.environment)} {}

  LoadedConfig run() {
    add_files();
    collector_.add_variables(sources_.environment);
    SettingApplier applier{std::move(collector_).take(), sources_.environment};
    LoadedConfig loaded = applier.apply(sources_.secrets);
    loaded.files = std::move(files_);
    set_folders(loaded);
    if (sources_.list_origins) loaded.origins = applier.origins(loaded.config);
    sort_channel_settings(loaded.config);
    return loaded;
  }

 private:
  void add_files() {
    for (const auto& file : sources_.files) add_file(file, Presence::required);
    if (!sources_.files.empty()) return;
    const auto named = sources_.environment.get("BTCW_CONFIG");
    if (named && !named->empty()) {
      add_file(std::filesystem::path{*named}, Presence::required);
      return;
    }
    if (paths_ && add_file(paths_->config_file, Presence::optional) == Found::yes) return;
    add_file(sources_.system_file, Presence::optional);
  }

  Found add_file(const std::filesystem::path& path, Presence presence) {
    auto file = read_small_file(path, kMaxFileBytes);
    if (!file) {
      if (presence == Presence::optional && file.error().code == Errc::not_found) return Found::no;
      collector_.add_fault(path.string(), file.error().message);
      return Found::yes;
    }
    std::error_code ignored;  // then relative paths start at the working folder
    const std::filesystem::path absolute = std::filesystem::absolute(path, ignored);
    collector_.add_file(path.string(), file->text, absolute.parent_path(), file->privacy);
    wipe(file->text.data(), file->text.size());
    files_.push_back(path);
    return Found::yes;
  }

  void set_folders(LoadedConfig& loaded) const {
    set_general_folders(loaded);
    auto& queue = loaded.config.queue.dir;
    if (queue.empty()) queue = loaded.config.general.state_dir / "queue";
  }

  void set_general_folders(LoadedConfig& loaded) const {
    GeneralOptions& general = loaded.config.general;
    if (!general.state_dir.empty() && !general.cache_dir.empty()) return;
    if (!paths_) {
      const char* key = general.state_dir.empty() ? "general.state_dir" : "general.cache_dir";
      loaded.errors.push_back({key, paths_.error().message});
      return;
    }
    if (general.state_dir.empty()) general.state_dir = paths_->state_dir;
    if (general.cache_dir.empty()) general.cache_dir = paths_->cache_dir;
  }

  const ConfigSources& sources_;
  Result<Paths> paths_;
  SettingCollector collector_;
  std::vector<std::filesystem::path> files_ = {};
};

}  // namespace

LoadedConfig load_config(const ConfigSources& sources) { return Loading{sources}.run(); }

}  // namespace btcw
