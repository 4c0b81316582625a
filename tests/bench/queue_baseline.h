#ifndef BTCW_TESTS_QUEUE_BASELINE_H
#define BTCW_TESTS_QUEUE_BASELINE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A file queue in as few system calls as its durability allows: what ours is measured against.
   `folder` holds ".tmp"; every message has the same `size` bytes. Functions return 0, or -1 when a
   call fails. */

/* One message: write, fdatasync, rename, fsync of the folder. */
int baseline_add_one(int folder, unsigned long number, const char* bytes, size_t size);
/* `count` messages: write all, one syncfs, rename all, one fsync of the folder. */
int baseline_add_many(int folder, unsigned long first, unsigned long count, const char* bytes,
                      size_t size);
/* Takes the names first to first + count: open, flock, stat twice, read, unlink. */
int baseline_take(int folder, unsigned long first, unsigned long count);

#ifdef __cplusplus
}
#endif

#endif
