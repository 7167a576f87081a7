/*
 * Notes what a process writes and syncs below one folder, in order, so that a power cut can be played afterwards: what was
 * synced is there, of the rest anything may be missing. Preloaded; see power-cut.ts for the reader of the journal.
 * A write is noted before it is done and a sync after it, so that a process killed between the two claims too little.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum op { OP_WRITE = 1, OP_SYNC, OP_TRUNCATE, OP_CREATE, OP_UNLINK, OP_RENAME };

struct record {
  uint32_t op;
  uint32_t path;
  uint64_t offset;
  uint64_t length;
};

#define MOST_FILES 65536
static char *paths[MOST_FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static size_t folder_length;
static int journal = -1;

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("POWER_CUT_JOURNAL");
  folder = getenv("POWER_CUT_FOLDER");
  if (!path || !folder) return;
  folder_length = strlen(folder);
  journal = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int watched(const char *path) {
  return journal >= 0 && path && strncmp(path, folder, folder_length) == 0;
}

static char *path_of(int fd) {
  return fd >= 0 && fd < MOST_FILES ? paths[fd] : NULL;
}

static void note(enum op op, const char *path, uint64_t offset, const void *data, uint64_t length) {
  struct record record = {op, (uint32_t)strlen(path), offset, length};
  struct iovec parts[3] = {{&record, sizeof record}, {(void *)path, record.path}, {(void *)data, data ? length : 0}};
  syscall(SYS_writev, journal, parts, 3);
}

static void opened(int fd, const char *path, int existed, int flags) {
  if (fd < 0 || fd >= MOST_FILES || !watched(path)) return;
  pthread_mutex_lock(&lock);
  free(paths[fd]);
  paths[fd] = strdup(path);
  if (!existed) note(OP_CREATE, path, 0, NULL, 0);
  else if (flags & O_TRUNC) note(OP_TRUNCATE, path, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    int existed = !watched(path) || access(path, F_OK) == 0; \
    int fd = real(path, flags, mode); \
    opened(fd, path, existed, flags); \
    return fd; \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  REAL(close);
  if (path_of(fd)) {
    pthread_mutex_lock(&lock);
    free(paths[fd]);
    paths[fd] = NULL;
    pthread_mutex_unlock(&lock);
  }
  return real(fd);
}

#define PWRITE(name) \
  ssize_t name(int fd, const void *data, size_t length, off_t offset) { \
    REAL(name); \
    char *path = path_of(fd); \
    if (!path) return real(fd, data, length, offset); \
    pthread_mutex_lock(&lock); \
    note(OP_WRITE, path, (uint64_t)offset, data, length); \
    ssize_t written = real(fd, data, length, offset); \
    pthread_mutex_unlock(&lock); \
    return written; \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int fd, const void *data, size_t length) {
  REAL(write);
  char *path = path_of(fd);
  if (!path) return real(fd, data, length);
  pthread_mutex_lock(&lock);
  struct stat info;
  off_t at = fcntl(fd, F_GETFL) & O_APPEND && fstat(fd, &info) == 0 ? info.st_size : lseek(fd, 0, SEEK_CUR);
  note(OP_WRITE, path, (uint64_t)at, data, length);
  ssize_t written = real(fd, data, length);
  pthread_mutex_unlock(&lock);
  return written;
}

#define SYNC(name) \
  int name(int fd) { \
    REAL(name); \
    char *path = path_of(fd); \
    if (!path) return real(fd); \
    pthread_mutex_lock(&lock); \
    int result = real(fd); \
    if (result == 0) note(OP_SYNC, path, 0, NULL, 0); \
    pthread_mutex_unlock(&lock); \
    return result; \
  }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name) \
  int name(int fd, off_t length) { \
    REAL(name); \
    char *path = path_of(fd); \
    if (!path) return real(fd, length); \
    pthread_mutex_lock(&lock); \
    note(OP_TRUNCATE, path, (uint64_t)length, NULL, 0); \
    int result = real(fd, length); \
    pthread_mutex_unlock(&lock); \
    return result; \
  }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

int unlink(const char *path) {
  REAL(unlink);
  int result = real(path);
  if (result == 0 && watched(path)) {
    pthread_mutex_lock(&lock);
    note(OP_UNLINK, path, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
  }
  return result;
}

int rename(const char *from, const char *to) {
  REAL(rename);
  int result = real(from, to);
  if (result == 0 && watched(from)) {
    pthread_mutex_lock(&lock);
    note(OP_RENAME, from, 0, to, strlen(to));
    pthread_mutex_unlock(&lock);
  }
  return result;
}
