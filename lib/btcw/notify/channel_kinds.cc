#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "btcw/base/quoted.h"
#include "btcw/base/symbol.h"
#include "btcw/notify/channels/channels.h"

namespace btcw {
namespace {

std::string known_schemes_near(std::string_view scheme) {
  std::vector<std::string_view> known;
  for (const ChannelKind& kind : channel_kinds()) {
    known.insert(known.end(), kind.schemes.begin(), kind.schemes.end());
  }
  const auto near = nearest(scheme, known, 3);
  return near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                      : fmt::format("did you mean {}?", fmt::join(near, ", "));
}

}  // namespace

std::span<const ChannelKind> channel_kinds() {
  // One a line, so that two that are added do not meet.
  // clang-format off
  static const std::array kKinds{
      telegram_channel(),
      discord_channel(),
      slack_channel(),
      feishu_channel(),
      lark_channel(),
      dingtalk_channel(),
      wecom_channel(),
      ntfy_channel(),
      gotify_channel(),
      pushover_channel(),
      bark_channel(),
      matrix_channel(),
      serverchan_channel(),
      twilio_channel(),
      email_channel(),
      webhook_channel(),
      exec_channel(),
      desktop_channel(),
      file_channel(),
      stdout_channel(),
  };
  // clang-format on
  return kKinds;
}

const ChannelKind* find_channel_kind(std::string_view type) {
  for (const ChannelKind& kind : channel_kinds()) {
    if (kind.type == type) return &kind;
  }
  return nullptr;
}

Result<AdHocChannel> channel_from_url(std::string_view text, std::string_view name) {
  const auto url = ChannelUrl::parse(text);
  if (!url) return url.error();
  for (const ChannelKind& kind : channel_kinds()) {
    const auto& schemes = kind.schemes;
    if (std::find(schemes.begin(), schemes.end(), url->scheme) == schemes.end()) continue;
    auto settings = kind.from_url(*url);
    if (!settings) return std::move(settings).error().within(url->scheme + "://");
    settings->name = name;
    return AdHocChannel{.kind = &kind, .settings = *std::move(settings)};
  }
  return Error{Errc::invalid_input,
               fmt::format("no channel has the scheme {} ({})", btcw::quoted(url->scheme),
                           known_schemes_near(url->scheme))};
}

}  // namespace btcw
