#pragma once

#include <string>
#include <string_view>

/// What the queue in Redis does in one step, in Lua. KEYS[1] of each is the beginning of the
/// queue's keys; every other name is made of it:
///
///   urgent, normal, low   streams: what is due or in hand, with the consumer group "btcw"
///   delayed               sorted set by due time: what is not due yet
///   dead, corrupt         streams: given up on, or never a message
///   ids                   set: the ids of all that is pending
///   done:ID               for a day: it has been here, so it is not added again
///   key:KEY               when a message with that dedup key was added, and its id
///   wake                  channel: something was added
///
/// A lane is 1, 2 or 3 of the three streams. A state is as in StreamState.
namespace btcw::stream_script {

/// NOW, then for each message ID LANE DUE STATE MESSAGE. What has been here is passed over.
extern const std::string_view kAdd;
/// NOW KEY WINDOW-MS ID LANE DUE STATE MESSAGE. Replies with the id that has the key.
extern const std::string_view kAddOnce;
/// CONSUMER LEASE-MS NOW MAX LANE CURSOR. Replies {LANE, CURSOR, ENDED, {{LANE, ENTRY}…}}: where to
/// go on, whether the end was reached, and what CONSUMER holds from now on.
extern const std::string_view kTake;
/// CONSUMER LEASE-MS LANE ENTRY. Replies with the entry, or with nothing.
extern const std::string_view kTakeAgain;
/// LANE ENTRY ID.
extern const std::string_view kAck;
/// CONSUMER LANE ENTRY NOW ID DUE STATE MESSAGE.
extern const std::string_view kPostpone;
/// CONSUMER LANE ENTRY NOW ID DUE STATE MESSAGE REASON.
extern const std::string_view kBury;
/// CONSUMER LANE ENTRY NOW CONTENT REASON.
extern const std::string_view kPutAside;
/// CONSUMER, then pairs LANE ENTRY: they stay CONSUMER's for another lease.
extern const std::string_view kRenew;
/// CONSUMER LEASE-MS, then pairs LANE ENTRY: they are for whoever wants them.
extern const std::string_view kRelease;
/// NOW LEASE-MS CLAIMS-MAY-END-MS. Replies with a time in ms, or nil.
extern const std::string_view kNextDue;
/// DEAD-ENTRY ID LANE DUE STATE MESSAGE. Replies with 1, or 0: it is not there any more.
extern const std::string_view kRevive;
/// CONSUMER QUIET-MS: goes, with those who hold nothing and were not heard of for so long.
extern const std::string_view kLeave;

}  // namespace btcw::stream_script

namespace btcw {

/// One of them as EVAL takes it: with the functions before it that they share.
std::string whole_script(std::string_view script);

}  // namespace btcw
