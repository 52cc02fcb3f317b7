/* npy.c: reading and writing .npy files.
   The header is a Python literal with three keys. The parser here reads just that: it accepts
   whatever NumPy writes, and nothing that it would have to guess at. */

#include "npy.h"

#include "call/dtype.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[] = "\x93NUMPY";
enum { MAGIC = 6, MAX_HEADER = 1 << 16 };

/* ---- the header */

/* What is left of the header's text. */
typedef struct cursor {
  const char *name; /* of the file */
  const char *start, *at, *end;
  error *e;
} cursor;

static bool fail_here (const cursor *c, const char *what) {
  return fail(c->e, BAD_INPUT, "%s: byte %td of the header: %s", c->name, c->at - c->start, what);
}

static void skip_space (cursor *c) {
  while (c->at < c->end && (*c->at == ' ' || *c->at == '\n'))
    c->at++;
}

static bool next_is (cursor *c, char wanted) {
  skip_space(c);
  return c->at < c->end && *c->at == wanted;
}

/* Skips spaces, and then takes the wanted character if it comes next. */
static bool take (cursor *c, char wanted) {
  bool there = next_is(c, wanted);
  c->at += there;
  return there;
}

/* A string in quotes, without escapes. */
static bool read_string (cursor *c, char *text, size_t size) {
  skip_space(c);
  char quote = 0;
  if (c->at < c->end)
    quote = *c->at;
  const char *first = c->at + (quote != 0);
  const char *last =
      quote == '\'' || quote == '"' ? memchr(first, quote, (size_t) (c->end - first)) : NULL;
  if (!last || (size_t) (last - first) >= size)
    return fail_here(c, "a short string in quotes is expected");
  memcpy(text, first, (size_t) (last - first));
  text[last - first] = 0;
  c->at = last + 1;
  return true;
}

/* Whether a descriptor is that of a dtype. Raw bytes, 'V', have no byte order, so '|' means the
   same as '<'. */
static bool describes (const char *text, const char *own) {
  return !strcmp(text, own) || (own[1] == 'V' && text[0] == '|' && !strcmp(text + 1, own + 1));
}

/* "descr: none of float32, bfloat16 (<V2), ...": the descriptor is given if NumPy has no name. */
enum { MAX_KNOWN = 512 };

static void list_known (char text[static MAX_KNOWN]) {
  size_t used = (size_t) snprintf(text, MAX_KNOWN, "descr: none of");
  for (const dtype *d = dtypes; d->name && used < MAX_KNOWN; d++) {
    const bool raw = d->npy[1] == 'V';
    used += (size_t) snprintf(text + used, MAX_KNOWN - used, "%s %s%s%s%s", d == dtypes ? "" : ",",
                              d->name, raw ? " (" : "", raw ? d->npy : "", raw ? ")" : "");
  }
}

static bool read_dtype (cursor *c, DLDataType *type) {
  char text[16];
  const cursor before = *c;
  if (!read_string(c, text, sizeof text))
    return false;
  for (const dtype *d = dtypes; d->name; d++)
    if (describes(text, d->npy)) {
      *type = (DLDataType){ d->code, d->bits, 1 };
      return true;
    }
  if (text[0] == '>')
    return fail_here(&before, "big-endian data: write them with .astype(dtype.newbyteorder('<'))");
  char known[MAX_KNOWN];
  list_known(known);
  return fail_here(&before, known);
}

static bool read_word (cursor *c, const char *word) {
  size_t length = strlen(word);
  skip_space(c);
  if ((size_t) (c->end - c->at) < length || memcmp(c->at, word, length))
    return false;
  c->at += length;
  return true;
}

static bool read_bool (cursor *c, bool *value) {
  *value = read_word(c, "True");
  return *value || read_word(c, "False") || fail_here(c, "True or False is expected");
}

static bool read_extent (cursor *c, int64_t *extent) {
  skip_space(c);
  const char *first = c->at;
  for (*extent = 0; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++)
    if (__builtin_mul_overflow(*extent, 10, extent)
        || __builtin_add_overflow(*extent, *c->at - '0', extent))
      return fail_here(c, "shape: an extent does not fit 64 bits");
  return c->at > first || fail_here(c, "shape: an extent is expected");
}

static bool read_extents (cursor *c, shape *s) {
  s->ndim = 0;
  if (!take(c, '('))
    return fail_here(c, "shape: a tuple is expected");
  while (!take(c, ')')) {
    if (s->ndim == MAX_NDIM)
      return fail_here(c, "shape: more than 6 axes");
    if (!read_extent(c, &s->dim[s->ndim++]))
      return false;
    if (!take(c, ',') && !next_is(c, ')'))
      return fail_here(c, "shape: ',' or ')' is expected");
  }
  return true;
}

/* One "key: value" of the three; `seen` has a bit for each. */
static bool read_entry (cursor *c, npy *n, unsigned *seen) {
  static const char *const keys[] = { "descr", "fortran_order", "shape" };
  char key[24];
  unsigned k = 0;
  if (!read_string(c, key, sizeof key))
    return false;
  while (k < 3 && strcmp(keys[k], key))
    k++;
  if (k == 3 || *seen & 1U << k)
    return fail_here(c, "descr, fortran_order and shape are expected, each once");
  *seen |= 1U << k;
  if (!take(c, ':'))
    return fail_here(c, "':' is expected");
  return k == 0   ? read_dtype(c, &n->dtype)
         : k == 1 ? read_bool(c, &n->fortran)
                  : read_extents(c, &n->shape);
}

static bool read_header (cursor *c, npy *n) {
  unsigned seen = 0;
  if (!take(c, '{'))
    return fail_here(c, "'{' is expected");
  while (!take(c, '}')) {
    if (!read_entry(c, n, &seen))
      return false;
    if (!take(c, ',') && !next_is(c, '}'))
      return fail_here(c, "',' or '}' is expected");
  }
  skip_space(c);
  if (seen != 7)
    return fail_here(c, "descr, fortran_order or shape is missing");
  return c->at == c->end || fail_here(c, "nothing may follow '}'");
}

bool npy_parse (const char *name, const unsigned char *bytes, size_t length, npy *out, error *e) {
  if (length < MAGIC + 4 || memcmp(bytes, magic, MAGIC))
    return fail(e, BAD_INPUT, "%s: not a .npy file", name);
  unsigned major = bytes[MAGIC], minor = bytes[MAGIC + 1];
  if (major < 1 || major > 3 || minor)
    return fail(e, BAD_INPUT, "%s: format %u.%u is unknown: 1.0, 2.0 and 3.0 are read", name, major,
                minor);
  size_t width = major == 1 ? 2 : 4, start = MAGIC + 2 + width, header = 0;
  for (size_t i = 0; i < width && start <= length; i++)
    header |= (size_t) bytes[MAGIC + 2 + i] << 8 * i;
  if (start > length || header > length - start)
    return fail(e, BAD_INPUT, "%s: truncated within the header", name);
  if (header > MAX_HEADER)
    return fail(e, BAD_INPUT, "%s: a header of %zu bytes is too long", name, header);
  *out = (npy){ .offset = start + header };
  const char *text = (const char *) bytes + start;
  cursor c = { name, text, text, text + header, e };
  return read_header(&c, out);
}

/* ---- files */

/* The bytes that the elements take; false if that does not fit. */
static bool data_bytes (const npy *n, size_t *bytes) {
  *bytes = n->dtype.bits / 8U;
  for (int i = 0; i < n->shape.ndim; i++)
    if (__builtin_mul_overflow(*bytes, (size_t) n->shape.dim[i], bytes))
      return false;
  return true;
}

static bool check_length (const char *path, const npy *n, size_t length, error *e) {
  size_t wanted, there = length - n->offset;
  if (!data_bytes(n, &wanted))
    return fail(e, BAD_INPUT, "%s: the shape is too large", path);
  if (there != wanted)
    return fail(e, BAD_INPUT, "%s: %s: the shape takes %zu bytes of data, %zu are there", path,
                there < wanted ? "truncated" : "too long", wanted, there);
  return true;
}

bool npy_open (const char *path, npy *out, unsigned char **bytes, size_t *length, error *e) {
  struct stat st;
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &st)) {
    fail(e, BAD_INPUT, "%s: %s", path, strerror(errno));
    return fd >= 0 && (close(fd), false);
  }
  bool regular = S_ISREG(st.st_mode) && st.st_size > 0;
  *length = (size_t) st.st_size;
  *bytes = regular ? mmap(NULL, *length, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
  close(fd);
  if (*bytes == MAP_FAILED)
    return fail(e, BAD_INPUT, "%s: %s", path, regular ? strerror(errno) : "not a .npy file");
  if (npy_parse(path, *bytes, *length, out, e) && check_length(path, out, *length, e))
    return true;
  npy_close(*bytes, *length);
  return false;
}

void npy_close (unsigned char *bytes, size_t length) {
  munmap(bytes, length);
}

void npy_copy (const npy *n, const unsigned char *bytes, void *to) {
  size_t size = n->dtype.bits / 8U, total;
  const unsigned char *from = bytes + n->offset;
  if (!data_bytes(n, &total) || !total)
    return;
  if (!n->fortran) {
    memcpy(to, from, total);
    return;
  }
  /* element i in row-major order has the indices that it has with the axes turned round */
  for (size_t i = 0; i < total / size; i++) {
    size_t rest = i, step = total / size, at = 0;
    for (int a = n->shape.ndim - 1; a >= 0; a--) {
      size_t extent = (size_t) n->shape.dim[a];
      step /= extent;
      at += rest % extent * step;
      rest /= extent;
    }
    memcpy((char *) to + i * size, from + at * size, size);
  }
}

/* "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", padded so that the data start at
   a multiple of 64 bytes. */
static size_t make_header (const DLTensor *t, char header[static 256]) {
  size_t used;
  used = (size_t) snprintf(header, 256, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                           dtype_of(t->dtype)->npy);
  for (int i = 0; i < t->ndim; i++)
    used += (size_t) snprintf(header + used, 256 - used, "%" PRId64 ",%s", t->shape[i],
                              i + 1 < t->ndim ? " " : "");
  used += (size_t) snprintf(header + used, 256 - used, "), }");
  while ((MAGIC + 4 + used + 1) % 64)
    header[used++] = ' ';
  header[used++] = '\n';
  return used;
}

static bool write_all (FILE *f, const DLTensor *t) {
  char header[320];
  size_t length = make_header(t, header), bytes = t->dtype.bits / 8U;
  unsigned char size[4] = { 1, 0, (unsigned char) length, (unsigned char) (length >> 8) };
  for (int i = 0; i < t->ndim; i++)
    bytes *= (size_t) t->shape[i];
  return fwrite(magic, MAGIC, 1, f) == 1 && fwrite(size, 4, 1, f) == 1
         && fwrite(header, length, 1, f) == 1 && (!bytes || fwrite(t->data, bytes, 1, f) == 1)
         && !fflush(f);
}

/* Whether the path is a device, a pipe or the like, which must be written to and not replaced. */
static bool is_special (const char *path) {
  struct stat st;
  return !stat(path, &st) && !S_ISREG(st.st_mode);
}

bool npy_write (const char *path, const DLTensor *t, error *e) {
  char beside[4096];
  bool special = is_special(path);
  if ((size_t) snprintf(beside, sizeof beside, "%s%s", path, special ? "" : ".part")
      >= sizeof beside)
    return fail(e, BAD_INPUT, "%s: the path is too long", path);
  FILE *f = fopen(beside, "we");
  if (!f)
    return fail(e, BAD_INPUT, "%s: %s", path, strerror(errno));
  bool good = write_all(f, t);
  int why = errno;
  good = !fclose(f) && good;
  if (good && (special || !rename(beside, path)))
    return true;
  why = good ? errno : why;
  if (!special)
    unlink(beside);
  return fail(e, HARNESS, "%s: %s", path, strerror(why));
}
