#pragma once

#include "btcw/base/notification.h"
#include "btcw/watch/rule_desk.h"

namespace btcw {

/// The message that tells the event; nullopt: it is not to be told, the end of an alert without
/// `resolve`. Its id is the event's, its time the event's; it does not expire.
std::optional<Notification> message_of(const AlertEvent& event);

/// When that message is due: at the end of the alert's quiet hours, where it is not urgent.
UtcTime due_of(const AlertEvent& event);

}  // namespace btcw
