/* Preloaded into the program: counts what it does to files below one folder, and at the N-th
 * operation ends the process, fails the operation, or cuts the power.
 *
 *   SWEEP_ROOT   the folder whose files count (an absolute path without links)
 *   SWEEP_KIND   count, kill, eio, eio-on, enospc, enospc-on, power, power-data, power-half
 *   SWEEP_AT     the number of the operation, from 1; one more than there are is the very end
 *   SWEEP_OUT    a file outside the folder that gets a line for each operation (kind count)
 *
 * "-on" goes on failing until the process ends. A power cut undoes what has not been synced: the
 * data of each file since its last fsync, the names of each folder since the folder's. power-data
 * keeps the names, as file systems do that journal them; power-half loses every second piece.
 * What is undone is kept in memory; a file that is unlinked is kept in SWEEP_GRAVE (a folder of
 * the same file system, outside the root). Descriptors that are opened here are never closed:
 * closing one would drop SQLite's locks on the file.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { OFF, COUNT, KILL, EIO_ONCE, EIO_ON, FULL_ONCE, FULL_ON, POWER, POWER_DATA, POWER_HALF };
enum what { DATA, CREATED, RENAMED, UNLINKED, MADE };

/* A file that has been written to, and a descriptor of our own to read and restore it by. */
struct file { dev_t dev; ino_t ino; int fd; struct file *next; };

/* One thing to undo. */
struct undo {
    enum what what;
    int synced;
    struct file *file;              /* DATA */
    off_t at, size;                 /* where, and how long the file was */
    size_t length;                  /* bytes that were changed; those that were there are kept */
    size_t kept;
    char *bytes;
    char *folder, *path, *other;    /* names: the folder, the new name, the old one or the grave */
    struct undo *before;
};

static pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static enum kind kind = OFF;
static const char *root, *grave;
static size_t root_length;
static long wanted, count, graves;
static int out = -1;
static struct file *files;
static struct undo *undos;

#define REAL(type, name, ...) \
    static type (*real_##name)(__VA_ARGS__); \
    if (!real_##name) real_##name = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static int real_openat_(int dir, const char *path, int flags, mode_t mode) {
    REAL(int, openat64, int, const char *, int, ...);
    return real_openat64(dir, path, flags, mode);
}

static ssize_t real_pwrite_(int fd, const void *bytes, size_t length, off_t at) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off_t);
    return real_pwrite64(fd, bytes, length, at);
}

static int real_truncate_(int fd, off_t length) {
    REAL(int, ftruncate64, int, off_t);
    return real_ftruncate64(fd, length);
}

static int real_rename_(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    return real_rename(from, to);
}

static int real_unlinkat_(int dir, const char *path, int flags) {
    REAL(int, unlinkat, int, const char *, int);
    return real_unlinkat(dir, path, flags);
}

__attribute__((constructor)) static void begin(void) {
    static const char *names[] = { "", "count", "kill", "eio", "eio-on", "enospc", "enospc-on",
                                   "power", "power-data", "power-half" };
    const char *name = getenv("SWEEP_KIND"), *at = getenv("SWEEP_AT"), *to = getenv("SWEEP_OUT");
    root = getenv("SWEEP_ROOT");
    grave = getenv("SWEEP_GRAVE");
    if (!name || !root) return;
    root_length = strlen(root);
    wanted = at ? atol(at) : 0;
    if (to) {
        int fd = real_openat_(AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        out = fcntl(fd, F_DUPFD_CLOEXEC, 500);
    }
    for (size_t i = 1; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i])) kind = (enum kind)i;
}

static int inside(const char *path) {
    return kind != OFF && !strncmp(path, root, root_length) && path[root_length] == '/';
}

static int cuts(void) { return kind >= POWER; }

/* The absolute path of a descriptor; empty where it is no file below the root. */
static int path_of(int fd, char *path, size_t size) {
    char link[64];
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, size - 1);
    errno = kept;
    path[length < 0 ? 0 : length] = 0;
    return length > 0 && inside(path);
}

/* The absolute path of a name as a call gives it. */
static int path_at(int dir, const char *name, char *path, size_t size) {
    char base[4096] = "";
    if (name[0] == '/') {
        snprintf(path, size, "%s", name);
    } else {
        if (dir == AT_FDCWD) {
            if (!getcwd(base, sizeof base)) return 0;
        } else {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
            ssize_t length = readlink(link, base, sizeof base - 1);
            base[length < 0 ? 0 : length] = 0;
        }
        snprintf(path, size, "%s/%s", base, name);
    }
    return inside(path);
}

static void note(struct undo *undo) {
    undo->before = undos;
    undos = undo;
}

static void note_name(enum what what, const char *path, const char *other) {
    struct undo *undo = calloc(1, sizeof *undo);
    undo->what = what;
    undo->path = strdup(path);
    undo->other = other ? strdup(other) : NULL;
    undo->folder = strdup(path);
    *strrchr(undo->folder, '/') = 0;
    note(undo);
}

static struct file *file_of(int fd, const char *path) {
    struct stat found;
    if (fstat(fd, &found) || !S_ISREG(found.st_mode)) return NULL;
    for (struct file *file = files; file; file = file->next)
        if (file->dev == found.st_dev && file->ino == found.st_ino) return file;
    int own = real_openat_(AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (own < 0) return NULL;
    struct file *file = calloc(1, sizeof *file);
    /* Far from the descriptors that the program gets. */
    file->fd = fcntl(own, F_DUPFD_CLOEXEC, 600);
    if (file->fd < 0) file->fd = own;
    file->dev = found.st_dev;
    file->ino = found.st_ino;
    file->next = files;
    files = file;
    return file;
}

/* Keeps what is about to be changed; `length` bytes, or all that follow where it is negative. */
static void note_data(int fd, const char *path, off_t at, ssize_t length) {
    struct stat found;
    struct file *file = file_of(fd, path);
    if (!file || fstat(fd, &found)) return;
    size_t ending = strlen(path);
    if (ending > 4 && !strcmp(path + ending - 4, "-shm")) return;
    struct undo *undo = calloc(1, sizeof *undo);
    undo->what = DATA;
    undo->file = file;
    undo->at = at;
    undo->size = found.st_size;
    off_t there = found.st_size > at ? found.st_size - at : 0;
    undo->length = length < 0 ? (size_t)there : (size_t)length;
    undo->kept = there < (off_t)undo->length ? (size_t)there : undo->length;
    undo->bytes = malloc(undo->kept + 1);
    if (pread(file->fd, undo->bytes, undo->kept, at) < 0) undo->kept = 0;
    note(undo);
}

static void synced(int fd, const char *path) {
    struct stat found;
    if (fstat(fd, &found)) return;
    for (struct undo *undo = undos; undo; undo = undo->before) {
        if (S_ISDIR(found.st_mode)) {
            if (undo->folder && !strcmp(undo->folder, path)) undo->synced = 1;
        } else if (undo->file && undo->file->dev == found.st_dev
                   && undo->file->ino == found.st_ino) {
            undo->synced = 1;
        }
    }
}

static void undo_data(struct undo *undo) {
    ssize_t done = pwrite(undo->file->fd, undo->bytes, 0, 0);
    if (undo->kept) done = real_pwrite_(undo->file->fd, undo->bytes, undo->kept, undo->at);
    if (kind != POWER_HALF) {
        done = real_truncate_(undo->file->fd, undo->size);
    } else if (undo->length > undo->kept) {
        char *zeros = calloc(1, undo->length - undo->kept);
        struct stat found;
        off_t from = undo->at + (off_t)undo->kept;
        if (!fstat(undo->file->fd, &found) && found.st_size > from)
            done = real_pwrite_(undo->file->fd, zeros, undo->length - undo->kept, from);
        free(zeros);
    }
    (void)done;
}

static void cut(void) {
    long piece = 0;
    for (struct undo *undo = undos; undo; undo = undo->before) {
        if (undo->synced) continue;
        if (kind == POWER_HALF && (++piece + wanted) % 2) continue;
        if (undo->what == DATA) {
            undo_data(undo);
            continue;
        }
        if (kind == POWER_DATA) continue;
        switch (undo->what) {
        case CREATED: real_unlinkat_(AT_FDCWD, undo->path, 0); break;
        case MADE: real_unlinkat_(AT_FDCWD, undo->path, AT_REMOVEDIR); break;
        case UNLINKED: real_rename_(undo->other, undo->path); break;
        case RENAMED: real_rename_(undo->path, undo->other); break;
        default: break;
        }
    }
}

/* The end of a process whose last operation is done. */
__attribute__((destructor)) static void end(void) {
    if (cuts() && count + 1 == wanted) cut();
}

/* Counts an operation; the error it is to fail with, or 0. `grows` tells what needs room. */
static int step(const char *name, const char *path, int grows) {
    count++;
    if (out >= 0) {
        char line[4200];
        int length = snprintf(line, sizeof line, "%s %s\n", name, path + root_length + 1);
        REAL(ssize_t, write, int, const void *, size_t);
        ssize_t done = real_write(out, line, (size_t)length);
        (void)done;
    }
    int now = count == wanted, on = count >= wanted && wanted > 0;
    switch (kind) {
    case KILL: if (now) _exit(137); return 0;
    case EIO_ONCE: return now ? EIO : 0;
    case EIO_ON: return on ? EIO : 0;
    case FULL_ONCE: return now && grows ? ENOSPC : 0;
    case FULL_ON: return on && grows ? ENOSPC : 0;
    case POWER: case POWER_DATA: case POWER_HALF:
        if (now) { cut(); _exit(137); }
        return 0;
    default: return 0;
    }
}

#define GUARDED pthread_mutex_lock(&mutex)
#define FREE pthread_mutex_unlock(&mutex)

static int opened(int dir, const char *name, int flags, mode_t mode) {
    char path[4096];
    if (!(flags & (O_CREAT | O_TRUNC)) || !path_at(dir, name, path, sizeof path))
        return real_openat_(dir, name, flags, mode);
    GUARDED;
    struct stat found;
    int error = 0, fd = -1, there = !stat(path, &found);
    int changes = !there || ((flags & O_TRUNC) && found.st_size > 0);
    if (changes) error = step(there ? "truncate" : "create", path, !there);
    if (error) {
        FREE;
        errno = error;
        return -1;
    }
    if (changes && there && cuts()) {
        int own = real_openat_(AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
        int far = fcntl(own, F_DUPFD_CLOEXEC, 600);
        note_data(far < 0 ? own : far, path, 0, -1);
    }
    fd = real_openat_(dir, name, flags, mode);
    if (fd >= 0 && !there && cuts()) note_name(CREATED, path, NULL);
    FREE;
    return fd;
}

#define MODE \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); \
    }

int open(const char *name, int flags, ...) { MODE return opened(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE return opened(AT_FDCWD, name, flags, mode); }
int openat(int dir, const char *name, int flags, ...) { MODE return opened(dir, name, flags, mode); }
int openat64(int dir, const char *name, int flags, ...) {
    MODE return opened(dir, name, flags, mode);
}

/* Before a change to the data of a descriptor; false where it is to fail. */
static int changing(const char *what, int fd, off_t at, ssize_t length, int grows) {
    char path[4096];
    if (!path_of(fd, path, sizeof path)) return 1;
    int error = step(what, path, grows);
    if (error) {
        errno = error;
        return 0;
    }
    if (cuts()) {
        if (at < 0) {
            struct stat found;
            int append = fcntl(fd, F_GETFL) & O_APPEND;
            at = append && !fstat(fd, &found) ? found.st_size : lseek(fd, 0, SEEK_CUR);
        }
        note_data(fd, path, at, length);
    }
    return 1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) {
    GUARDED;
    ssize_t done = -1;
    if (changing("write", fd, at, (ssize_t)length, 1)) done = real_pwrite_(fd, bytes, length, at);
    FREE;
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    return pwrite64(fd, bytes, length, at);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    REAL(ssize_t, write, int, const void *, size_t);
    char path[4096];
    if (kind == OFF || !path_of(fd, path, sizeof path)) return real_write(fd, bytes, length);
    GUARDED;
    ssize_t done = -1;
    if (changing("write", fd, -1, (ssize_t)length, 1)) done = real_write(fd, bytes, length);
    FREE;
    return done;
}

ssize_t writev(int fd, const struct iovec *pieces, int many) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    size_t length = 0;
    for (int i = 0; i < many; i++) length += pieces[i].iov_len;
    char path[4096];
    if (kind == OFF || !path_of(fd, path, sizeof path)) return real_writev(fd, pieces, many);
    GUARDED;
    ssize_t done = -1;
    if (changing("write", fd, -1, (ssize_t)length, 1)) done = real_writev(fd, pieces, many);
    FREE;
    return done;
}

/* Between two descriptors, as a copy of a file goes. */
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t length, unsigned flags) {
    REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned);
    GUARDED;
    ssize_t done = -1;
    if (changing("write", to, -1, (ssize_t)length, 1))
        done = real_copy_file_range(from, at, to, there, length, flags);
    FREE;
    return done;
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t length) {
    REAL(ssize_t, sendfile64, int, int, off64_t *, size_t);
    GUARDED;
    ssize_t done = -1;
    if (changing("write", to, -1, (ssize_t)length, 1)) done = real_sendfile64(to, from, at, length);
    FREE;
    return done;
}

int ftruncate64(int fd, off_t length) {
    GUARDED;
    int done = -1;
    if (changing("truncate", fd, length, -1, 0)) done = real_truncate_(fd, length);
    FREE;
    return done;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int syncing(int fd, int (*real)(int)) {
    char path[4096];
    if (!path_of(fd, path, sizeof path) && !(kind != OFF && !strcmp(path, root))) return real(fd);
    GUARDED;
    int error = step("sync", path, 0);
    if (!error && cuts()) synced(fd, path);
    FREE;
    errno = error;
    return error ? -1 : real(fd);
}

int fsync(int fd) {
    REAL(int, fsync, int);
    return syncing(fd, real_fsync);
}

int fdatasync(int fd) {
    REAL(int, fdatasync, int);
    return syncing(fd, real_fdatasync);
}

/* Keeps a file that is about to lose its name; false where there is none. */
static int bury(const char *path, char *kept, size_t size) {
    struct stat found;
    if (!grave || stat(path, &found) || !S_ISREG(found.st_mode)) return 0;
    snprintf(kept, size, "%s/%ld", grave, ++graves);
    return !link(path, kept);
}

int rename(const char *from, const char *to) {
    char old[4096], new[4096], kept[4096];
    if (!path_at(AT_FDCWD, from, old, sizeof old) | !path_at(AT_FDCWD, to, new, sizeof new))
        return real_rename_(from, to);
    GUARDED;
    int error = step("rename", old, 0), done = -1;
    if (!error) {
        int replaced = cuts() && bury(new, kept, sizeof kept);
        done = real_rename_(from, to);
        if (!done && replaced) note_name(UNLINKED, new, kept);
        if (!done && cuts()) note_name(RENAMED, new, old);
    }
    FREE;
    if (error) errno = error;
    return done;
}

int unlinkat(int dir, const char *name, int flags) {
    char path[4096], kept[4096];
    if (!path_at(dir, name, path, sizeof path)) return real_unlinkat_(dir, name, flags);
    GUARDED;
    struct stat found;
    int there = !lstat(path, &found), done = -1;
    int error = there ? step("unlink", path, 0) : 0;
    if (!error) {
        int buried = there && cuts() && bury(path, kept, sizeof kept);
        done = real_unlinkat_(dir, name, flags);
        if (!done && buried) note_name(UNLINKED, path, kept);
    }
    FREE;
    if (error) errno = error;
    return done;
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }

int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int mkdir(const char *name, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    char path[4096];
    if (!path_at(AT_FDCWD, name, path, sizeof path)) return real_mkdir(name, mode);
    GUARDED;
    struct stat found;
    int error = stat(path, &found) ? step("mkdir", path, 1) : 0, done = -1;
    if (!error) {
        done = real_mkdir(name, mode);
        if (!done && cuts()) note_name(MADE, path, NULL);
    }
    FREE;
    if (error) errno = error;
    return done;
}
