/* models.h: layers of published networks -> cases.
   Only a table of shapes is kept, each with the networks that have it. The cases of a shape are
   made when they are asked for, so that a file of thousands of shapes costs little. */

#ifndef MODELS_H
#define MODELS_H

#include "suite.h"
#include "yamltree.h"

typedef struct models models;

/* Reads the value of the key `models`. base: the case that the keys of layers are applied to. Its
   meta is what all cases of the file share. */
models *models_read (const char *path, const node *n, const test_case *base, error *e);
void models_free (models *m); /* NULL is fine */

void models_begin (models *m, const selection *choice);

/* The next case of the selection at the cursor. */
bool models_next (const models *m, models_cursor *at, test_case *c);
uint64_t models_count (const models *m);

size_t models_networks (const models *m);
/* The name of the i-th network, and how many shapes of the file it has. */
const char *models_network (const models *m, size_t i, size_t *shapes);

#endif
