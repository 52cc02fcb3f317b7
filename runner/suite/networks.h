/* networks.h: names of networks, and which of them have a shape. */

#ifndef NETWORKS_H
#define NETWORKS_H

#include "yamltree.h"

/* Names, and lists of them one after the other, each with NULL at its end. */
typedef struct networks {
  const char *path;
  size_t count;
  const char **name; /* strings of the YAML tree */
  size_t *shapes;    /* how many lists each is in */
  const char **list;
  size_t used, capacity;
} networks;

/* Reads a list of names, each but once. */
bool networks_read (networks *w, const char *path, const node *n, error *e);
void networks_free (networks *w);

/* Adds a list, given as a text of ascending indices and ranges of them: "0-2 5". *start receives
   its index in `list`. (The array `list` may move with each call.) */
bool networks_add (networks *w, const node *n, size_t *start, error *e);

/* Whether a list has the name. */
bool networks_have (const char *const *list, const char *name);

#endif
