// A line of JSON a message at the end of a file: works without any account.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "btcw/base/notification_json.h"
#include "btcw/notify/append_file.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_outcome.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "path", .help = "the file, from the root on", .required = true},
    ChannelOption{.key = "sync",
                  .help = "each: a line is on the disk before its message counts as delivered",
                  .fallback = "none"},
};
constexpr std::array<std::string_view, 1> kSchemes{"file"};
constexpr std::string_view kSpelling = "file:///path/of/file";

class FileChannel final : public Channel {
 public:
  FileChannel(std::string path, AppendSync sync) : path_{path}, file_{std::move(path), sync} {}

  void deliver(const Notification& notification, milliseconds, DeliveryDone done) override {
    auto appended = file_.append(notification_json(notification) + "\n");
    done(appended ? Delivery{} : delivery_of_error(appended.error(), HttpProgress::not_sent));
  }

  std::string preview(const Notification& notification) override {
    return "append to " + path_ + "\n" + notification_json(notification) + "\n";
  }

 private:
  std::string path_;
  AppendFile file_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts) {
  if (auto checked = check_channel_settings("file", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const ChannelValues values{kOptions, settings};
  std::string path = values.text("path");
  if (!path.starts_with('/') || path.ends_with('/') || path.find('\0') != std::string::npos) {
    return Error{Errc::invalid_input, "file: 'path' is no file's path from the root on"};
  }
  const auto sync = values.word("sync", {"none", "each"});
  if (!sync) return Error{sync.error()}.within("file");
  return std::make_unique<FileChannel>(std::move(path),
                                       *sync == "each" ? AppendSync::each : AppendSync::none);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  auto settings = settings_of_query(url, kOptions);
  if (!settings) return settings;
  if (!url.host.empty() || url.path.empty()) return wrong_channel_url(kSpelling);
  put_setting(*settings, kOptions, "path", fmt::format("/{}", fmt::join(url.path, "/")));
  return settings;
}

}  // namespace

ChannelKind file_channel() {
  return {"file", ChannelReach::local, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
