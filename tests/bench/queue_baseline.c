#define _GNU_SOURCE
#include "queue_baseline.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { kNameSize = 80, kMaxMessage = 4096 };

static void make_name(char* name, const char* prefix, unsigned long number) {
  snprintf(name, kNameSize, "%s20261122T120000Z-1-%016lx-k3x9q2m7p1-a00.json", prefix, number);
}

static int write_file(int folder, unsigned long number, const char* bytes, size_t size) {
  char name[kNameSize];
  make_name(name, ".tmp/", number);
  const int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  if (write(fd, bytes, size) != (ssize_t)size) {
    close(fd);
    return -1;
  }
  return fd;
}

static int publish(int folder, unsigned long number) {
  char from[kNameSize];
  char to[kNameSize];
  make_name(from, ".tmp/", number);
  make_name(to, "", number);
  return renameat(folder, from, folder, to);
}

int baseline_add_one(int folder, unsigned long number, const char* bytes, size_t size) {
  const int fd = write_file(folder, number, bytes, size);
  if (fd < 0) return -1;
  const int synced = fdatasync(fd);
  close(fd);
  if (synced != 0 || publish(folder, number) != 0) return -1;
  return fsync(folder);
}

int baseline_add_many(int folder, unsigned long first, unsigned long count, const char* bytes,
                      size_t size) {
  for (unsigned long i = 0; i < count; ++i) {
    const int fd = write_file(folder, first + i, bytes, size);
    if (fd < 0) return -1;
    close(fd);
  }
  if (syncfs(folder) != 0) return -1;
  for (unsigned long i = 0; i < count; ++i) {
    if (publish(folder, first + i) != 0) return -1;
  }
  return fsync(folder);
}

static int take_one(int folder, unsigned long number) {
  char name[kNameSize];
  char bytes[kMaxMessage];
  struct stat found;
  struct stat named;
  make_name(name, "", number);
  const int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -1;
  int failed = flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &found) != 0 ||
               fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) != 0 ||
               found.st_ino != named.st_ino || read(fd, bytes, sizeof bytes) <= 0 ||
               unlinkat(folder, name, 0) != 0;
  close(fd);
  return failed ? -1 : 0;
}

int baseline_take(int folder, unsigned long first, unsigned long count) {
  for (unsigned long i = 0; i < count; ++i) {
    if (take_one(folder, first + i) != 0) return -1;
  }
  return 0;
}
