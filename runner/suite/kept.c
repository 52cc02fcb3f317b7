/* kept.c: covering arrays in files.
   A file appears under its name when it is whole, by rename(2), so that writers need no lock: who
   builds the same array at the same time writes the same bytes. */

#include "kept.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

enum {
  MAX_PATH = 4096,
  WORTH_MS = 20,     /* of processor time: what takes less is built each time */
  MAX_FILES = 400,   /* the files that nobody used for longest go */
  SPARED_FILES = 300 /* when some go, so many stay */
};

static const char suffix[] = ".rows";

static char kept_folder[MAX_PATH - 100];
static XXH128_hash_t program_hash;

/* What a file begins with; the values of the rows follow. */
typedef struct head {
  char magic[8];
  uint64_t sum; /* of all bytes behind it */
  XXH128_hash_t key;
  uint64_t rows, factors, valid, impossible, missing;
} head;

static const char magic[8] = "CTSROWS1";

/* ---- the folder */

/* The program itself: another one may build other arrays. */
static bool hash_program (XXH128_hash_t *hash) {
  char block[1 << 16];
  XXH3_state_t h;
  const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  ssize_t n = -1;
  if (file < 0)
    return false;
  XXH3_128bits_reset(&h);
  while ((n = read(file, block, sizeof block)) > 0)
    XXH3_128bits_update(&h, block, (size_t) n);
  close(file);
  *hash = XXH3_128bits_digest(&h);
  return n == 0;
}

/* The folder and the one around it, no more: a home that does not exist is not made. */
static void make_folder (void) {
  char around[sizeof kept_folder];
  strcpy(around, kept_folder);
  char *slash = strrchr(around, '/');
  if (slash && slash > around) {
    *slash = 0;
    mkdir(around, 0700);
  }
  mkdir(kept_folder, 0700);
}

void kept_in (const char *folder) {
  kept_folder[0] = 0;
  if (folder && strlen(folder) < sizeof kept_folder)
    strcpy(kept_folder, folder);
}

/* Whether arrays are kept. The program is read when the first array is asked for. */
static bool is_keeping (void) {
  static bool is_hashed;
  is_hashed = is_hashed || (kept_folder[0] && hash_program(&program_hash));
  return kept_folder[0] && is_hashed;
}

/* ---- names */

static void add (XXH3_state_t *h, const void *bytes, size_t size) {
  if (size)
    XXH3_128bits_update(h, bytes, size);
}

static void add_constraint (XXH3_state_t *h, const covering_model *m, const constraint *c) {
  size_t combinations = 1;
  for (int i = 0; i < c->count; i++)
    combinations *= (size_t) m->levels[c->factor[i]];
  add(h, &c->count, sizeof c->count);
  add(h, c->factor, (size_t) c->count * sizeof *c->factor);
  /* No bit is set behind the last combination. */
  add(h, c->allowed, (combinations / 64 + 1) * sizeof *c->allowed);
}

static XXH128_hash_t key_of (const covering_model *m, int t, const uint16_t *given, size_t count,
                             size_t most) {
  XXH3_state_t h;
  XXH3_128bits_reset(&h);
  add(&h, &program_hash, sizeof program_hash);
  add(&h, &t, sizeof t);
  add(&h, &most, sizeof most);
  add(&h, &m->factors, sizeof m->factors);
  add(&h, m->levels, (size_t) m->factors * sizeof *m->levels);
  add(&h, &m->constraints, sizeof m->constraints);
  for (int i = 0; i < m->constraints; i++)
    add_constraint(&h, m, &m->constraint[i]);
  add(&h, &count, sizeof count);
  add(&h, given, count * (size_t) m->factors * sizeof *given);
  return XXH3_128bits_digest(&h);
}

static void path_of (XXH128_hash_t key, char path[static MAX_PATH]) {
  snprintf(path, MAX_PATH, "%s/%016" PRIx64 "%016" PRIx64 "%s", kept_folder, key.high64, key.low64,
           suffix);
}

static size_t size_of_rows (const head *h) {
  return (size_t) (h->rows * h->factors) * sizeof(uint16_t);
}

static uint64_t sum_of (const head *h, const uint16_t *value) {
  XXH3_state_t s;
  XXH3_64bits_reset(&s);
  XXH3_64bits_update(&s, &h->key, sizeof *h - offsetof(head, key));
  if (h->rows)
    XXH3_64bits_update(&s, value, size_of_rows(h));
  return XXH3_64bits_digest(&s);
}

/* ---- reading */

static bool read_whole (int file, void *to, size_t size) {
  for (size_t have = 0; have < size;) {
    const ssize_t n = read(file, (char *) to + have, size - have);
    if (n <= 0 && !(n < 0 && errno == EINTR))
      return false;
    have += n > 0 ? (size_t) n : 0;
  }
  return true;
}

static bool is_head (const head *h, XXH128_hash_t key, const covering_model *m, size_t most,
                     off_t size) {
  return !memcmp(h->magic, magic, sizeof magic) && XXH128_isEqual(h->key, key)
         && h->factors == (uint64_t) m->factors && h->rows <= most
         && h->rows <= (uint64_t) size / sizeof(uint16_t) / h->factors
         && (uint64_t) size == sizeof *h + size_of_rows(h);
}

static bool read_array (int file, XXH128_hash_t key, const covering_model *m, size_t most,
                        covering_array *out) {
  head h;
  struct stat st;
  if (fstat(file, &st) || !read_whole(file, &h, sizeof h) || !is_head(&h, key, m, most, st.st_size))
    return false;
  uint16_t *value = malloc(size_of_rows(&h) + 1);
  if (!value || !read_whole(file, value, size_of_rows(&h)) || sum_of(&h, value) != h.sum) {
    free(value);
    return false;
  }
  *out = (covering_array){ (size_t) h.rows, value, h.valid, h.impossible, h.missing };
  return true;
}

static bool find (XXH128_hash_t key, const covering_model *m, size_t most, covering_array *out) {
  char path[MAX_PATH];
  path_of(key, path);
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0)
    return false;
  const bool found = read_array(file, key, m, most, out);
  if (found)
    (void) !futimens(file, NULL); /* used now; a folder that we may only read has no need of it */
  close(file);
  return found;
}

/* ---- writing */

static bool write_whole (int file, const void *from, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t n = write(file, (const char *) from + done, size - done);
    if (n < 0 && errno != EINTR)
      return false;
    done += n > 0 ? (size_t) n : 0;
  }
  return true;
}

static void keep (XXH128_hash_t key, const covering_model *m, const covering_array *a) {
  head h = { .key = key,
             .rows = a->rows,
             .factors = (uint64_t) m->factors,
             .valid = a->valid,
             .impossible = a->impossible,
             .missing = a->missing };
  char path[MAX_PATH], draft[MAX_PATH];
  memcpy(h.magic, magic, sizeof magic);
  h.sum = sum_of(&h, a->value);
  make_folder();
  path_of(key, path);
  snprintf(draft, sizeof draft, "%s/draft-XXXXXX", kept_folder);
  const int file = mkostemp(draft, O_CLOEXEC);
  if (file < 0)
    return;
  bool good = write_whole(file, &h, sizeof h) && write_whole(file, a->value, size_of_rows(&h));
  good = !close(file) && good;
  if (!good || rename(draft, path))
    unlink(draft);
}

/* ---- how many stay */

typedef struct used {
  char name[NAME_MAX + 1];
  struct timespec when;
} used;

static int by_time (const void *a, const void *b) {
  const struct timespec *x = &((const used *) a)->when, *y = &((const used *) b)->when;
  return x->tv_sec != y->tv_sec ? (x->tv_sec > y->tv_sec) - (x->tv_sec < y->tv_sec)
                                : (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

static bool is_ours (const char *name) {
  const size_t n = strlen(name), m = sizeof suffix - 1;
  return (n == 32 + m && !strcmp(name + 32, suffix)) || !strncmp(name, "draft-", 6);
}

/* The files of the folder, up to `most`. */
static size_t list_files (DIR *d, used *list, size_t most) {
  size_t count = 0;
  struct stat st;
  for (struct dirent *entry; count < most && (entry = readdir(d));)
    if (is_ours(entry->d_name) && !fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW)) {
      snprintf(list[count].name, sizeof list[count].name, "%s", entry->d_name);
      list[count++].when = st.st_mtim;
    }
  return count;
}

static void prune (void) {
  DIR *d = opendir(kept_folder);
  used *list = d ? calloc(4 * MAX_FILES, sizeof *list) : NULL;
  const size_t count = list ? list_files(d, list, 4 * MAX_FILES) : 0;
  if (count > MAX_FILES) {
    qsort(list, count, sizeof *list, by_time);
    for (size_t i = 0; i < count - SPARED_FILES; i++)
      unlinkat(dirfd(d), list[i].name, 0);
  }
  free(list);
  if (d)
    closedir(d);
}

/* ---- both */

static int64_t milliseconds (void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (int64_t) t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool kept_extend (const covering_model *m, int t, const uint16_t *given, size_t count, size_t most,
                  covering_array *out) {
  if (!is_keeping())
    return covering_extend(m, t, given, count, most, out);
  const XXH128_hash_t key = key_of(m, t, given, count, most);
  if (find(key, m, most, out))
    return true;
  const int64_t start = milliseconds();
  if (!covering_extend(m, t, given, count, most, out))
    return false;
  if (milliseconds() - start >= WORTH_MS) {
    keep(key, m, out);
    prune();
  }
  return true;
}

bool kept_build (const covering_model *m, int t, covering_array *out) {
  return kept_extend(m, t, NULL, 0, SIZE_MAX, out) && out->valid > 0;
}
