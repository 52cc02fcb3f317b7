/* correlation.h: what output and grad_input have in common. An element of each is a sum, over
   channels and taps, of a weight times an element of a plane. They differ in which channels of the
   weight are rows, and in the tables of taps. */

#ifndef CORRELATION_H
#define CORRELATION_H

#include "definition.h"
#include "product.h"
#include "taps.h"
#include "workspace.h"

typedef struct correlation {
  const operands *q;
  const result *r;
  int64_t images, groups;
  int64_t rows;        /* channels of the result in a group */
  int64_t channels;    /* of the source in a group */
  view weight;         /* [row of a group, channel, tap, tap] */
  int64_t weight_step; /* from group to group, in bytes */
  view source;         /* input, or grad_output */
  int64_t size[2];     /* of its planes */
  bool bias;
  /* even: each tap reads the source in equal steps, and the padding may be written out in memory.
     turned: the taps run backwards, as those of grad_input do then. */
  bool even, turned;
  axis axis[2];
  taps taps[2];
  int64_t depth; /* products of an element */
} correlation;

/* All weights: groups x blocks of ROWS rows x depth x ROWS. */
void correlation_pack_weights (const correlation *c, cell *out, content *seen);

/* Computes a correlation; false: out of memory. */
typedef bool correlate_fn (const correlation *c, workspace *w);

/* Any. */
correlate_fn tiled_correlate;

/* Whether shallow_correlate may compute it, and should: it is even, has few products an element,
   and rows of some length. The general way would then cost more than the products themselves. */
bool shallow_suits (const correlation *c);
correlate_fn shallow_correlate;

#endif
