#pragma once

#include "btcw/notify/channel.h"

namespace btcw {

// The rows of the table in channel_kinds.cc, one function a kind.
ChannelKind bark_channel();
ChannelKind desktop_channel();
ChannelKind dingtalk_channel();
ChannelKind discord_channel();
ChannelKind email_channel();
ChannelKind exec_channel();
ChannelKind feishu_channel();
ChannelKind file_channel();
ChannelKind gotify_channel();
ChannelKind lark_channel();
ChannelKind matrix_channel();
ChannelKind ntfy_channel();
ChannelKind pushover_channel();
ChannelKind serverchan_channel();
ChannelKind slack_channel();
ChannelKind stdout_channel();
ChannelKind telegram_channel();
ChannelKind twilio_channel();
ChannelKind webhook_channel();
ChannelKind wecom_channel();

}  // namespace btcw
