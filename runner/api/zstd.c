/* zstd.c: libzstd behind stdio. */

#include "zstd.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* Who reads keeps a window for each log, and `merge` reads a hundred at once: a quarter of a MiB
   costs next to nothing in size. */
enum { BUFFER = 1 << 17, LEVEL = 6, WINDOW_LOG = 18 };

typedef struct stream {
  FILE *file; /* compressed */
  ZSTD_CCtx *writes;
  ZSTD_DCtx *reads;
  ZSTD_inBuffer in; /* of what was read, as far as it is not decompressed */
  bool pending;     /* more may come out without more going in */
  char buffer[BUFFER];
} stream;

bool zstd_named (const char *path) {
  const size_t length = strlen(path);
  return length > 4 && !strcmp(path + length - 4, ".zst");
}

static void free_stream (stream *s) {
  ZSTD_freeCCtx(s->writes);
  ZSTD_freeDCtx(s->reads);
  free(s);
}

static FILE *give_up (stream *s, FILE *file) {
  if (s)
    free_stream(s);
  fclose(file);
  errno = ENOMEM;
  return NULL;
}

/* ---- writing */

/* Compresses all of `in`; false with errno if it does not reach the file. */
static bool compress_into (stream *s, ZSTD_inBuffer in, ZSTD_EndDirective end) {
  size_t left;
  do {
    ZSTD_outBuffer out = { s->buffer, BUFFER, 0 };
    left = ZSTD_compressStream2(s->writes, &out, &in, end);
    if (ZSTD_isError(left)) {
      errno = EIO;
      return false;
    }
    if (fwrite(s->buffer, 1, out.pos, s->file) < out.pos)
      return false;
  } while (left || in.pos < in.size);
  return !fflush(s->file);
}

static ssize_t write_some (void *cookie, const char *bytes, size_t size) {
  return compress_into(cookie, (ZSTD_inBuffer){ bytes, size, 0 }, ZSTD_e_flush) ? (ssize_t) size
                                                                                : 0;
}

static int close_writer (void *cookie) {
  stream *s = cookie;
  const bool good = compress_into(s, (ZSTD_inBuffer){ NULL, 0, 0 }, ZSTD_e_end);
  const bool closed = !fclose(s->file);
  free_stream(s);
  return good && closed ? 0 : EOF;
}

FILE *zstd_writer (FILE *to) {
  stream *s = calloc(1, sizeof *s);
  if (!s || !(s->writes = ZSTD_createCCtx()))
    return give_up(s, to);
  s->file = to;
  ZSTD_CCtx_setParameter(s->writes, ZSTD_c_compressionLevel, LEVEL);
  ZSTD_CCtx_setParameter(s->writes, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(s->writes, ZSTD_c_windowLog, WINDOW_LOG);
  FILE *f =
      fopencookie(s, "w", (cookie_io_functions_t){ .write = write_some, .close = close_writer });
  if (!f)
    return give_up(s, to);
  setvbuf(f, NULL, _IOFBF, BUFFER);
  return f;
}

/* ---- reading */

static ssize_t read_some (void *cookie, char *to, size_t size) {
  stream *s = cookie;
  ZSTD_outBuffer out = { to, size, 0 };
  while (!out.pos) {
    const bool dry = s->in.pos == s->in.size && !s->pending;
    if (dry)
      s->in = (ZSTD_inBuffer){ s->buffer, fread(s->buffer, 1, BUFFER, s->file), 0 };
    if (dry && !s->in.size)
      return ferror(s->file) ? -1 : 0;
    if (ZSTD_isError(ZSTD_decompressStream(s->reads, &out, &s->in))) {
      errno = EBADMSG;
      return -1;
    }
    s->pending = out.pos == out.size;
  }
  return (ssize_t) out.pos;
}

static int close_reader (void *cookie) {
  stream *s = cookie;
  const int closed = fclose(s->file);
  free_stream(s);
  return closed;
}

static bool is_compressed (FILE *f) {
  static const unsigned char magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
  unsigned char head[sizeof magic];
  const size_t got = fread(head, 1, sizeof head, f);
  const bool found = got == sizeof head && !memcmp(head, magic, sizeof magic);
  return fseek(f, 0, SEEK_SET) == 0 && found;
}

FILE *zstd_reader (FILE *from) {
  if (!is_compressed(from)) {
    clearerr(from);
    return from;
  }
  stream *s = calloc(1, sizeof *s);
  if (!s || !(s->reads = ZSTD_createDCtx()))
    return give_up(s, from);
  s->file = from;
  FILE *f =
      fopencookie(s, "r", (cookie_io_functions_t){ .read = read_some, .close = close_reader });
  return f ? f : give_up(s, from);
}
