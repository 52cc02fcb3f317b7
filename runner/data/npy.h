/* npy.h: NumPy's .npy files, formats 1.0 to 3.0, of the dtypes that a case can have.
   bfloat16, which NumPy itself does not know, is '<V2', as the extensions that add it write it. */

#ifndef NPY_H
#define NPY_H

#include "call/case.h"

typedef struct npy {
  DLDataType dtype;
  bool fortran; /* the first axis runs fastest */
  shape shape;
  size_t offset; /* of the data in the file */
} npy;

/* Reads the header from the first bytes of a file. Any bytes are safe to read. `name` is the
   file's, for errors. */
bool npy_parse (const char *name, const unsigned char *bytes, size_t length, npy *out, error *e);

/* Maps the whole file, and checks that it has as many data as the shape says. Give *bytes and
 *length to npy_close. */
bool npy_open (const char *path, npy *out, unsigned char **bytes, size_t *length, error *e);
void npy_close (unsigned char *bytes, size_t length);

/* Copies the elements of a file to a compact row-major buffer. */
void npy_copy (const npy *n, const unsigned char *bytes, void *to);

/* Writes a compact tensor, format 1.0. It writes a new file beside the path and then renames it, so
   that the file is complete or not there at all. */
bool npy_write (const char *path, const DLTensor *t, error *e);

#endif
