#pragma once

#include <filesystem>
#include <memory>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/random.h"
#include "btcw/queue/queue.h"
#include "btcw/store/files.h"

namespace btcw {

/// What a file queue works with; all of it is borrowed.
struct QueuePorts {
  Files& files;
  const Clock& clock;
  Random& random;
  Log& log;
};

/// A fresh id: the milliseconds of now and 40 random bits in 17 lower-case characters; later ids
/// sort behind earlier ones.
std::string make_message_id(const Clock& clock, Random& random);

/// Opens the queue in `folder`, and makes it with its sub-folders (0700) where they are missing.
///
///   QUEUE/*.json     pending, a message a file (see QueueName); any other program's *.json as well
///   QUEUE/.tmp/      being written, under a lock of the writer; renamed into QUEUE/ once synced
///   QUEUE/.dead/     given up on, with NAME.reason beside NAME: {"reason":…,"buried":…}
///   QUEUE/.corrupt/  was no message; kept as it was, likewise with its reason
///
/// A message is claimed with flock(2) on its file, and then its name must still lead to it: the
/// lock goes with its holder, so nothing has to be purged. Errors: unavailable with the system's
/// reason.
Result<std::unique_ptr<Queue>> open_file_queue(const std::filesystem::path& folder,
                                               QueuePorts ports);

}  // namespace btcw
