/* target.c: the readers of bytes from outside, for libFuzzer; FUZZ_TARGET names one. Whatever the
   bytes are, a reader must return, and a case that it accepts must have an id that makes the same
   case again. */

#include "call/contract.h"
#include "call/dtype.h"
#include "data/npy.h"
#include "descriptors.h"
#include "grammar.h"
#include "replies.h"
#include "run/xfail.h"
#include "sandbox/worker/compute.h"
#include "sandbox/worker/printed.h"
#include "suite/casefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t length);

typedef enum target {
  YAML,
  ID,
  NPY,
  CASES,
  XFAIL,
  IDS,
  REPLIES,
  NUMERICS,
  DESCRIPTORS,
  COMPUTE,
  TARGETS
} target;

/* How many documents there were, and how many a reader accepted. */
static unsigned long tried, accepted;

static void print_share (void) {
  fprintf(stderr, "%lu of %lu accepted\n", accepted, tried);
}

static const spec *the_spec (void) {
  static const spec *sp;
  error e;
  if (!sp && !(sp = spec_load(".", &e)))
    abort();
  return sp;
}

/* ---- bytes as they are */

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

static bool try_yaml (const char *text, size_t length) {
  error e;
  yaml_tree *t = tree_parse("fuzz.yaml", text, length, &e);
  if (t)
    read_scalars(tree_root(t));
  tree_free(t);
  return t;
}

static void check_id (const test_case *c) {
  char made[MAX_ID], again[MAX_ID];
  test_case d;
  error e;
  case_id(c, made);
  if (!case_parse(made, &d, &e))
    abort();
  case_id(&d, again);
  if (strcmp(made, again))
    abort();
}

static bool try_id (const char *text, size_t length) {
  char *id = strndup(text, length);
  test_case c;
  error e;
  bool good = id && case_parse(id, &c, &e);
  if (good)
    check_id(&c);
  free(id);
  return good;
}

static bool try_npy (const unsigned char *bytes, size_t length) {
  npy n;
  error e;
  bool good = npy_parse("fuzz.npy", bytes, length, &n, &e);
  if (good && n.offset > length)
    abort();
  return good;
}

/* What compute.c asks for besides; nothing here calls a subject. */
const char *printed_since (const wire *w) {
  (void) w;
  return "";
}

/* A report of compute-sanitizer, cut where the bytes say: words and a bit belong together. */
static bool try_compute (const char *text, size_t length) {
  char said[600], *all = strndup(text, length);
  const size_t size = 2 + (length ? (unsigned char) text[length - 1] : 0);
  memset(said, 'x', sizeof said);
  const uint32_t bit = all ? compute_read(all, said, size) : 0;
  if (all && (strlen(said) >= size || strchr(said, '\n') || !bit != !said[0] || said[size] != 'x'))
    abort();
  free(all);
  return bit;
}

/* ---- documents made by the grammar */

/* Goes through what a file selects, with two cursors at once. */
static void walk (suite *s, tier t) {
  const selection choice = { .tier = t, .shards = 1 };
  suite_cursor one = { 0 }, two = { 0 };
  test_case c, d;
  char text[MAX_ID];
  error e;
  if (!suite_begin(s, &choice, &e))
    return;
  for (int i = 0; i < 200 && suite_next(s, &one, &c); i++) {
    if (!suite_next(s, &two, &d) || memcmp(&c.params, &d.params, sizeof c.params))
      abort();
    check_id(&c);
    case_label(&c, text);
    case_reference(&c, text);
    uint64_t slice = suite_slice(s, &one, &c);
    if (slice)
      suite_slice_name(s, slice, text);
  }
}

static bool try_cases (const char *path) {
  error e;
  suite *s = suite_load(the_spec(), &path, 1, &e);
  for (tier t = QUICK; s && t <= FULL; t++)
    walk(s, t);
  suite_free(s);
  return s;
}

/* In place of Lua: what an expression says depends on its length. */
static bool meets_by_length (void *context, const char *expression, const test_case *c, bool *met,
                             char *why, size_t room) {
  (void) context, (void) c;
  const size_t length = strlen(expression);
  *met = length % 2 == 0;
  snprintf(why, room, "%zu", length);
  return length % 5 != 0;
}

static bool try_xfail (const char *path) {
  error e;
  xfail *x = xfail_load(path, &(subject_info){ .name = "fuzzed" }, the_spec(), &e);
  item it = { .j = { .verdict = V_CRASH } };
  char stale[256];
  if (x && case_parse("conv2d:in=1x1x4x5,out=1,k=3,mode=circular", &it.c, &e))
    xfail_account(x, &it, &(evaluator){ .meets = meets_by_length }, &e);
  for (size_t i = 0; x && xfail_next_stale(x, &i, stale, sizeof stale);)
    ;
  xfail_free(x);
  return x;
}

/* Whether a contract says only what the judge can work with. */
static bool is_sound (const contract *c) {
  const bool operands = !c->operands || (c->operands >= 2 && c->operands <= 53);
  const bool splits = !c->splits || (c->splits <= 3 && c->splits > 0 && c->operands);
  const bool align = !c->align || (c->align >= 8 && c->align <= 64);
  return operands && splits && align && c->every >= 0 && !c->stored.bits == !c->every;
}

static bool try_numerics (const char *text) {
  numerics n, again;
  error e, e2;
  const bool good = numerics_parse(text, &n, &e);
  if (numerics_parse(text, &again, &e2) != good || memcmp(&n, &again, sizeof n))
    abort();
  for (int i = 0; good && dtypes[i].name; i++) {
    const contract *c = contract_for(&n, (DLDataType){ dtypes[i].code, dtypes[i].bits, 1 });
    if (c != &n.of[i] || !is_sound(c))
      abort();
  }
  return good;
}

static bool try_made (target t, const unsigned char *bytes, size_t length) {
  static grammar g;
  g = (grammar){ .bytes = bytes, .left = length };
  if (t == REPLIES)
    return try_replies(&g);
  if (t == DESCRIPTORS)
    return try_descriptor(&g);
  if (t == CASES)
    make_case_file(&g);
  else if (t == XFAIL)
    make_xfail_file(&g);
  else if (t == NUMERICS)
    make_numerics(&g);
  else
    make_id(&g);
  if (getenv("FUZZ_SHOW"))
    fwrite(g.text, 1, g.length, stderr);
  if (t == IDS)
    return try_id(g.text, g.length);
  if (t == NUMERICS)
    return try_numerics(g.text);
  return t == CASES ? try_cases(document_path(&g)) : try_xfail(document_path(&g));
}

static target named_target (void) {
  static const char *const names[] = { "yaml", "id",      "npy",      "cases",       "xfail",
                                       "ids",  "replies", "numerics", "descriptors", "compute" };
  const char *name = getenv("FUZZ_TARGET");
  for (int t = 0; name && t < TARGETS; t++)
    if (!strcmp(name, names[t]))
      return (target) t;
  fprintf(stderr, "FUZZ_TARGET: one of");
  for (int t = 0; t < TARGETS; t++)
    fprintf(stderr, " %s", names[t]);
  fprintf(stderr, " is expected\n");
  exit(2);
}

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t length) {
  static target t;
  if (!tried++) {
    t = named_target();
    atexit(print_share);
  }
  switch (t) {
  case YAML: accepted += try_yaml((const char *) bytes, length); break;
  case ID: accepted += try_id((const char *) bytes, length); break;
  case COMPUTE: accepted += try_compute((const char *) bytes, length); break;
  case NPY: accepted += try_npy(bytes, length); break;
  default: accepted += try_made(t, bytes, length);
  }
  return 0;
}
