/* casefile.h: one case file -> its cases and its sweep. */

#ifndef CASEFILE_H
#define CASEFILE_H

#include "models.h"
#include "spec.h"
#include "sweep.h"
#include "yamltree.h"

typedef struct casefile {
  yaml_tree *file; /* owns the strings */
  char *label;     /* path below cases/, as FILE#NAME has it */
  const char *about;
  size_t count;
  test_case *cases;
  case_meta *meta;   /* of each case */
  case_meta *common; /* what the file says of all cases; also for its sweep and its models */
  sweep *sweep;      /* or NULL */
  models *models;    /* or NULL */
} casefile;

bool casefile_read (casefile *f, const spec *sp, const char *path, error *e);
void casefile_free (casefile *f);

/* "padding.yaml" of "/usr/share/conv2d-cts/cases/padding.yaml"; other paths as they are. */
const char *casefile_label (const char *path);

/* Sets a key of a case from a map's pair. */
bool casefile_set (const char *path, test_case *c, const node *key, const node *value, error *e);

/* The text of a case's value as an id has it ("3x2"), in a buffer of `size` bytes. */
bool casefile_text (const char *path, const case_key *key, const node *value, char *text,
                    size_t size, error *e);

/* A word from a list ending in NULL as its index. */
bool casefile_word (const char *path, const node *n, const char *const *words, int *value,
                    error *e);

extern const char *const tier_words[]; /* NULL at the end */

#endif
