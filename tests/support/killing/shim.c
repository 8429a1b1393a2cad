/* Stands between a program and the C library (LD_PRELOAD) and numbers every call that changes something below one
 * folder, over all threads and child processes; where it is asked to, also what goes to a server over the network and
 * comes back. At the number asked for it kills the whole process group, before the call, after it or half-way through a
 * write, or makes the call fail: once, or from then on.
 *
 * Who drives it writes `struct control` into the file that KILLING_CONTROL names; see shim.py.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum mode { COUNT, BEFORE, AFTER, HALF, FAIL };
enum verdict { PASS, REFUSE, KILL_AFTER, KILL_HALF };

struct control {
    uint64_t met;     /* how many calls there were */
    uint64_t at;      /* the one to act on */
    int32_t mode;     /* enum mode */
    int32_t number;   /* FAIL: the errno */
    int32_t ever;     /* FAIL: from then on */
    int32_t logs;     /* write each call into the log */
    int64_t seconds;  /* added to the clock */
    int64_t sockets;  /* number what is said to servers and heard from them, too */
    char root[PATH_MAX];
    char log[PATH_MAX];
};

static struct control *control;
static char spoken[1 << 10]; /* by descriptor: something was said to the server since its last answer */

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("KILLING_CONTROL");
    int file = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    void *shared = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared == MAP_FAILED) {
        dprintf(2, "killing: no control file\n");
        _exit(99);
    }
    syscall(SYS_close, file);
    control = shared;
}

static void kill_all(void) {
    kill(0, SIGKILL);
    for (;;) pause();
}

static int is_below(const char *path) {
    size_t length = control ? strlen(control->root) : 0;
    return length && strncmp(path, control->root, length) == 0 && (path[length] == '/' || !path[length]);
}

static int is_ours(int file) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
    return is_below(path);
}

static int is_our_path(int folder, const char *path) {
    char link[64], whole[PATH_MAX * 2];
    if (path[0] == '/') return is_below(path);
    snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, whole, PATH_MAX - 1);
    if (length <= 0) return 0;
    snprintf(whole + length, PATH_MAX, "/%s", path);
    return is_below(whole);
}

static int is_talk(int file) {
    int kept = errno, domain = 0, type = 0;
    socklen_t length = sizeof domain;
    if (!control || !control->sockets) return 0;
    int found = getsockopt(file, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0
        && getsockopt(file, SOL_SOCKET, SO_TYPE, &type, &length) == 0;
    errno = kept;
    return found && type == SOCK_STREAM && (domain == AF_INET || domain == AF_INET6);
}

static int speak(int file) {
    int talks = is_talk(file);
    if (talks && file < (int)sizeof spoken) spoken[file] = 1;
    return talks;
}

/* Whether this is the begin of an answer. In how many pieces it comes is chance. */
static int is_answer(int file) {
    if (!is_talk(file) || file >= (int)sizeof spoken || !spoken[file]) return 0;
    spoken[file] = 0;
    return 1;
}

/* One more call that changes something: what is to become of it. */
static enum verdict meet(const char *call, int folder, const char *path) {
    int kept = errno;
    uint64_t now = __atomic_add_fetch(&control->met, 1, __ATOMIC_SEQ_CST);
    if (control->logs) {
        char line[PATH_MAX * 2], link[64], real[PATH_MAX] = "";
        if (!path || path[0] != '/') {
            snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
            ssize_t length = readlink(link, real, sizeof real - 1);
            real[length > 0 ? length : 0] = 0;
        }
        int length = snprintf(line, sizeof line, "%llu\t%s\t%s/%s\n", (unsigned long long)now, call, real, path ? path : "");
        int file = syscall(SYS_openat, AT_FDCWD, control->log, O_WRONLY | O_APPEND | O_CREAT, 0600);
        syscall(SYS_write, file, line, length);
        syscall(SYS_close, file);
    }
    errno = kept;
    if (now != control->at && !(control->mode == FAIL && control->ever && now > control->at)) return PASS;
    switch (control->mode) {
        case BEFORE: kill_all(); break;
        case AFTER: return KILL_AFTER;
        case HALF: return KILL_HALF;
        case FAIL: errno = control->number; return REFUSE;
    }
    return PASS;
}

#define REAL(type, name, params)                                        \
    static type(*real) params;                                          \
    if (!real) real = (type(*) params)dlsym(RTLD_NEXT, name)

/* The body of a call: `counts` says whether it is one of those numbered. */
#define AROUND(type, name, counts, folder, path, args)                  \
    enum verdict verdict = (counts) ? meet(name, folder, path) : PASS;  \
    if (verdict == REFUSE) return -1;                                   \
    type got = real args;                                               \
    if (verdict != PASS) kill_all();                                    \
    return got

/* A write, of which half may be done. */
#define AROUND_WRITE(name, file, half, args)                            \
    enum verdict verdict = is_ours(file) || speak(file) ? meet(name, file, NULL) : PASS; \
    if (verdict == REFUSE) return -1;                                   \
    ssize_t got = verdict == KILL_HALF ? real half : real args;         \
    if (verdict != PASS) kill_all();                                    \
    return got

/* A read from a server, numbered once an answer has begun to come: killed there, the program never hears of it. */
#define AROUND_HEARING(name, file, args)                                \
    ssize_t got = real args;                                            \
    enum verdict verdict = got > 0 && is_answer(file) ? meet(name, file, NULL) : PASS; \
    if (verdict == REFUSE) return -1;                                   \
    if (verdict != PASS) kill_all();                                    \
    return got

#define OPEN(name)                                                      \
    int name(const char *path, int flags, ...) {                        \
        REAL(int, #name, (const char *, int, ...));                     \
        va_list rest;                                                   \
        va_start(rest, flags);                                          \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                   \
        int counts = (flags & (O_CREAT | O_TRUNC)) && is_our_path(AT_FDCWD, path); \
        AROUND(int, #name, counts, AT_FDCWD, path, (path, flags, mode)); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                    \
    int name(int folder, const char *path, int flags, ...) {            \
        REAL(int, #name, (int, const char *, int, ...));                \
        va_list rest;                                                   \
        va_start(rest, flags);                                          \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                   \
        int counts = (flags & (O_CREAT | O_TRUNC)) && is_our_path(folder, path); \
        AROUND(int, #name, counts, folder, path, (folder, path, flags, mode)); \
    }
OPENAT(openat)
OPENAT(openat64)

int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(ssize_t, "write", (int, const void *, size_t));
    AROUND_WRITE("write", file, (file, bytes, count / 2), (file, bytes, count));
}

#define PWRITE(name, offset_t)                                          \
    ssize_t name(int file, const void *bytes, size_t count, offset_t at) { \
        REAL(ssize_t, #name, (int, const void *, size_t, offset_t));    \
        AROUND_WRITE(#name, file, (file, bytes, count / 2, at), (file, bytes, count, at)); \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", (int, const struct iovec *, int));
    AROUND_WRITE("writev", file, (file, parts, count / 2), (file, parts, count));
}

#define PWRITEV(name, offset_t)                                         \
    ssize_t name(int file, const struct iovec *parts, int count, offset_t at) { \
        REAL(ssize_t, #name, (int, const struct iovec *, int, offset_t)); \
        AROUND_WRITE(#name, file, (file, parts, count / 2, at), (file, parts, count, at)); \
    }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t count, unsigned flags) {
    REAL(ssize_t, "copy_file_range", (int, off64_t *, int, off64_t *, size_t, unsigned));
    AROUND_WRITE("copy_file_range", out, (in, from, out, to, count / 2, flags), (in, from, out, to, count, flags));
}

#define SENDFILE(name, offset_t)                                        \
    ssize_t name(int out, int in, offset_t *from, size_t count) {       \
        REAL(ssize_t, #name, (int, int, offset_t *, size_t));           \
        AROUND_WRITE(#name, out, (out, in, from, count / 2), (out, in, from, count)); \
    }
SENDFILE(sendfile, off_t)
SENDFILE(sendfile64, off64_t)

/* Calls on a descriptor: name, further parameters, further arguments. */
#define ON_FILE(name, params, args)                                     \
    int name(int file params) {                                         \
        REAL(int, #name, (int params));                                 \
        AROUND(int, #name, is_ours(file), file, NULL, (file args));     \
    }
#define _(...) , __VA_ARGS__
ON_FILE(ftruncate, _(off_t size), _(size))
ON_FILE(ftruncate64, _(off64_t size), _(size))
ON_FILE(fsync, , )
ON_FILE(fdatasync, , )
ON_FILE(fchmod, _(mode_t mode), _(mode))
ON_FILE(fchown, _(uid_t user, gid_t group), _(user, group))
ON_FILE(futimens, _(const struct timespec times[2]), _(times))
ON_FILE(fallocate, _(int mode, off_t at, off_t size), _(mode, at, size))
ON_FILE(fallocate64, _(int mode, off64_t at, off64_t size), _(mode, at, size))
ON_FILE(fsetxattr, _(const char *name, const void *value, size_t size, int flags), _(name, value, size, flags))

/* Calls on a path. */
#define ON_PATH(name, params, args)                                     \
    int name(const char *path params) {                                 \
        REAL(int, #name, (const char *params));                         \
        AROUND(int, #name, is_our_path(AT_FDCWD, path), AT_FDCWD, path, (path args)); \
    }
ON_PATH(truncate, _(off_t size), _(size))
ON_PATH(truncate64, _(off64_t size), _(size))
ON_PATH(unlink, , )
ON_PATH(rmdir, , )
ON_PATH(remove, , )
ON_PATH(mkdir, _(mode_t mode), _(mode))
ON_PATH(chmod, _(mode_t mode), _(mode))
ON_PATH(chown, _(uid_t user, gid_t group), _(user, group))
ON_PATH(lchown, _(uid_t user, gid_t group), _(user, group))
ON_PATH(mkfifo, _(mode_t mode), _(mode))
ON_PATH(setxattr, _(const char *name, const void *value, size_t size, int flags), _(name, value, size, flags))

/* Calls on a path below a descriptor. */
#define AT_PATH(name, params, args)                                     \
    int name(int folder, const char *path params) {                     \
        REAL(int, #name, (int, const char *params));                    \
        AROUND(int, #name, is_our_path(folder, path), folder, path, (folder, path args)); \
    }
AT_PATH(unlinkat, _(int flags), _(flags))
AT_PATH(mkdirat, _(mode_t mode), _(mode))
AT_PATH(fchmodat, _(mode_t mode, int flags), _(mode, flags))
AT_PATH(fchownat, _(uid_t user, gid_t group, int flags), _(user, group, flags))
AT_PATH(utimensat, _(const struct timespec times[2], int flags), _(times, flags))

/* Calls on two paths. */
#define TWO_PATHS(name)                                                 \
    int name(const char *from, const char *to) {                        \
        REAL(int, #name, (const char *, const char *));                 \
        int counts = is_our_path(AT_FDCWD, from) || is_our_path(AT_FDCWD, to); \
        AROUND(int, #name, counts, AT_FDCWD, to, (from, to));           \
    }
TWO_PATHS(rename)
TWO_PATHS(link)
TWO_PATHS(symlink)

#define AT_TWO_PATHS(name, params, args)                                \
    int name(int here, const char *from, int there, const char *to params) { \
        REAL(int, #name, (int, const char *, int, const char *params)); \
        int counts = is_our_path(here, from) || is_our_path(there, to); \
        AROUND(int, #name, counts, there, to, (here, from, there, to args)); \
    }
AT_TWO_PATHS(renameat, , )
AT_TWO_PATHS(renameat2, _(unsigned flags), _(flags))
AT_TWO_PATHS(linkat, _(int flags), _(flags))

int symlinkat(const char *from, int there, const char *to) {
    REAL(int, "symlinkat", (const char *, int, const char *));
    AROUND(int, "symlinkat", is_our_path(there, to), there, to, (from, there, to));
}

/* What is said to a server, and heard. */
int connect(int file, const struct sockaddr *address, socklen_t length) {
    REAL(int, "connect", (int, const struct sockaddr *, socklen_t));
    AROUND(int, "connect", speak(file), file, NULL, (file, address, length));
}

ssize_t send(int file, const void *bytes, size_t count, int flags) {
    REAL(ssize_t, "send", (int, const void *, size_t, int));
    AROUND_WRITE("send", file, (file, bytes, count / 2, flags), (file, bytes, count, flags));
}

ssize_t read(int file, void *bytes, size_t count) {
    REAL(ssize_t, "read", (int, void *, size_t));
    AROUND_HEARING("read", file, (file, bytes, count));
}

ssize_t recv(int file, void *bytes, size_t count, int flags) {
    REAL(ssize_t, "recv", (int, void *, size_t, int));
    AROUND_HEARING("recv", file, (file, bytes, count, flags));
}

/* The clock, so that it can go back. */
int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(int, "clock_gettime", (clockid_t, struct timespec *));
    int got = real(clock, time);
    if (got == 0 && clock == CLOCK_REALTIME && control) time->tv_sec += control->seconds;
    return got;
}
