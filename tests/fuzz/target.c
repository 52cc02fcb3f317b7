/* target.c: the readers of foreign bytes, for libFuzzer; TARGET says which. Whatever the bytes are,
   a reader returns, and a case that it accepts has an id that makes the same case again. */

#include "suite/casefile.h"
#include "data/npy.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t length);

enum { YAML, ID, NPY };

/* Reads a scalar as every number it might be. */
static void read_scalars (const node *n) {
  int64_t integer;
  double number;
  if (n->kind == SCALAR) {
    node_integer(n, &integer);
    node_number(n, &number);
  }
  for (int i = 0; i < (n->kind == MAP ? 2 * n->count : n->kind == LIST ? n->count : 0); i++)
    read_scalars(n->item[i]);
}

static void try_yaml (const char *text, size_t length) {
  error e;
  yaml_tree *t = tree_parse("fuzz.yaml", text, length, &e);
  if (t)
    read_scalars(tree_root(t));
  tree_free(t);
}

static void try_id (const char *text, size_t length) {
  char *id = strndup(text, length), made[MAX_ID], again[MAX_ID];
  test_case c, d;
  error e;
  if (id && case_parse(id, &c, &e)) {
    case_id(&c, made);
    if (!case_parse(made, &d, &e))
      abort();
    case_id(&d, again);
    if (strcmp(made, again))
      abort();
  }
  free(id);
}

static void try_npy (const unsigned char *bytes, size_t length) {
  npy n;
  error e;
  if (npy_parse("fuzz.npy", bytes, length, &n, &e) && n.offset > length)
    abort();
}

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t length) {
  switch (TARGET) {
  case YAML: try_yaml((const char *) bytes, length); break;
  case ID: try_id((const char *) bytes, length); break;
  default: try_npy(bytes, length);
  }
  return 0;
}
