#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "btcw/drain/delivery_log.h"
#include "btcw/queue/queue.h"
#include "session.h"

namespace btcw::cli {

enum class ViewForm { text, json };

std::string_view to_string(MessageState state);

/// One line a message, or an array of objects.
ExitCode list_messages(Queue& queue, std::optional<MessageState> state, ViewForm form,
                       Session& session);
/// All there is of one message. Exit code 4 when there is none of that id.
ExitCode show_message(Queue& queue, std::string_view id, ViewForm form, Session& session);
/// Dead messages back into the queue: one, or "all".
ExitCode retry_messages(Queue& queue, std::string_view which, Session& session);
/// Removes dead messages that are older than that.
ExitCode purge_messages(Queue& queue, milliseconds older_than, Session& session);
/// The delivery log, newest first.
ExitCode print_log(DeliveryLog& log, const DeliveryLog::Query& query, ViewForm form,
                   Session& session);

}  // namespace btcw::cli
