/* yamltree.h: a YAML file as a tree of nodes that know their place.
   It knows the subset that case files need: maps, lists, scalars. Anchors, aliases, tags, second
   documents, duplicate keys, deep nesting and too large a size are errors, found while reading. */

#ifndef YAMLTREE_H
#define YAMLTREE_H

#include "call/error.h"

#include <stddef.h>
#include <stdint.h>

typedef enum node_kind { SCALAR, LIST, MAP } node_kind;

typedef struct node {
  node_kind kind;
  int line, column;   /* from 1 */
  bool quoted;        /* SCALAR: stood in quotes, so it is text whatever it looks like */
  const char *text;   /* SCALAR: no NUL within */
  int count;          /* LIST: items; MAP: pairs */
  struct node **item; /* LIST: the items; MAP: key, value, key, value ... (keys are scalars) */
} node;

typedef struct yaml_tree yaml_tree;

/* Reads and parses the file; NULL and e ("file:line:column: what") if that fails. */
yaml_tree *tree_read (const char *path, error *e);

/* The same from memory; `name` stands for the path in errors. */
yaml_tree *tree_parse (const char *name, const char *text, size_t length, error *e);

const node *tree_root (const yaml_tree *f);
const char *tree_path (const yaml_tree *f);
void tree_free (yaml_tree *f); /* NULL is fine */

/* The value of a key of a map, or NULL. */
const node *node_get (const node *map, const char *key);

/* Fills e with the node's place before the message; false. */
__attribute__((format(printf, 4, 5))) bool fail_at (error *e, const char *path, const node *n,
                                                    const char *format, ...);

/* Numbers: one grammar, no silent conversions. A decimal integer without leading zeros; or a
   decimal or hexadecimal floating-point number, nan, inf, -inf that a double can hold. */
bool node_integer (const node *n, int64_t *value);
bool node_number (const node *n, double *value);

#endif
