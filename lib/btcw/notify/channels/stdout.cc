// A line a message on standard output: for pipelines, and to try things.
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "btcw/base/notification_json.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/channels/channels.h"
#include "btcw/notify/http_outcome.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/text/clean_text.h"

namespace btcw {
namespace {

constexpr std::array kOptions{
    ChannelOption{.key = "format", .help = "json, or text for a person", .fallback = "json"},
};
constexpr std::array<std::string_view, 1> kSchemes{"stdout"};

enum class LineFormat { json, text };

class StdoutChannel final : public Channel {
 public:
  StdoutChannel(LineFormat format, std::FILE* out) : format_{format}, out_{out} {}

  void deliver(const Notification& notification, milliseconds, DeliveryDone done) override {
    const std::string line = line_for(notification);
    std::clearerr(out_);
    errno = 0;
    const bool is_out =
        std::fwrite(line.data(), 1, line.size(), out_) == line.size() && std::fflush(out_) == 0;
    if (is_out) return done({});
    done(transient_failure("standard output: " + std::generic_category().message(errno)));
  }

  std::string preview(const Notification& notification) override {
    return "print\n" + line_for(notification);
  }

 private:
  [[nodiscard]] std::string line_for(const Notification& notification) const {
    switch (format_) {
      case LineFormat::json:
        return notification_json(notification) + "\n";
      case LineFormat::text:
        break;
    }
    const MessageText text = marked_message_text(notification);
    const std::string body = clean_line(text.body);
    if (text.title.empty() || body.empty()) return text.title + body + "\n";
    return text.title + ": " + body + "\n";
  }

  LineFormat format_;
  std::FILE* out_;
};

Result<std::unique_ptr<Channel>> make(ChannelSettings settings, ChannelPorts ports) {
  if (auto checked = check_channel_settings("stdout", kOptions, settings); !checked) {
    return std::move(checked).error();
  }
  const auto format = ChannelValues{kOptions, settings}.word("format", {"json", "text"});
  if (!format) return Error{format.error()}.within("stdout");
  return std::make_unique<StdoutChannel>(*format == "json" ? LineFormat::json : LineFormat::text,
                                         ports.out);
}

Result<ChannelSettings> from_url(const ChannelUrl& url) {
  if (!url.host.empty() || !url.path.empty()) return wrong_channel_url("stdout://");
  return settings_of_query(url, kOptions);
}

}  // namespace

ChannelKind stdout_channel() {
  return {"stdout", ChannelReach::local, kOptions, make, kSchemes, from_url};
}

}  // namespace btcw
