/* zstd.h: files that are compressed as they are written, and decompressed as they are read. */

#ifndef ZSTD_STREAM_H
#define ZSTD_STREAM_H

#include <stdbool.h>
#include <stdio.h>

/* Whether the name says that the file is compressed: "run.jsonl.zst". */
bool zstd_named (const char *path);

/* A stream whose bytes reach `to` compressed. Whatever has been flushed can be read, even if the
   stream is never closed. Closing it closes `to`, and so does a failure: NULL then. */
FILE *zstd_writer (FILE *to);

/* A stream of what `from` holds, decompressed; `from` itself where it is not compressed. A file
   that ends early ends there; one that is damaged is a read error. Closing it closes `from`, and so
   does a failure: NULL then. */
FILE *zstd_reader (FILE *from);

#endif
