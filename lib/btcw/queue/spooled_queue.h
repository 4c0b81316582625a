#pragma once

#include <memory>

#include "btcw/base/log.h"
#include "btcw/queue/queue.h"
#include "btcw/queue/stream_queue.h"

namespace btcw {

/// The queue in Redis with a folder of this host beside it.
///
/// What Redis does not take is put into the folder, with one warning; take() moves what is due
/// there over to Redis before anything else. What only this host can deliver stays in the folder
/// and is taken from there: messages to ad-hoc channels, whose URLs are kept on this host, and such
/// with attachments. list() and show() tell of both; dead letters are retried and removed in both.
/// A dedup key of a message that went to the folder is known to this host alone.
///
/// Errors: those of the two queues; what fails in Redis alone fails take() only where nothing else
/// could be taken.
std::unique_ptr<Queue> make_spooled_queue(std::unique_ptr<StreamQueue> stream,
                                          std::unique_ptr<Queue> folder, Log& log);

}  // namespace btcw
