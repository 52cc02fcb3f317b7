/* source.h: where the numbers of one tensor come from. A source gives random words by position, and
   has what a recipe may know of the tensor and of its case. */

#ifndef SOURCE_H
#define SOURCE_H

#include "call/dtype.h"
#include "data.h"

/* A recipe makes at most CHUNK values in a call, starting from a multiple of CHUNK. */
enum { CHUNK = 64 };

typedef struct source {
  const test_case *c;
  const dtype *dtype;
  const DLTensor *tensor;
  uint64_t key;
  role role;
  bool leads;       /* the first of input, weight and bias that has this recipe */
  int64_t count;    /* of elements */
  int64_t filter;   /* elements of one output channel's weight, or of one plane */
  double terms;     /* products in a sum of the forward pass, at least 1 */
  uint32_t word[4]; /* of the whole tensor */
} source;

source source_of (const test_case *c, uint64_t key, role r, const DLTensor *t);

/* Words [first, first + n) of the tensor's stream. `first` is a multiple of 4, and `word` has room
   for n rounded up to a multiple of 4. */
void source_draw (const source *s, int64_t first, int n, uint32_t *word);

/* Two words for element i, from a stream of their own. */
uint64_t source_pair (const source *s, int64_t i);

/* The element that gets the recipe's single special value. It is never a copy along an axis of
   stride 0. */
int64_t source_event (const source *s);

/* Makes values [first, first + n) of a tensor, n at most CHUNK and first a multiple of it. */
typedef void recipe_fill (const struct source *s, int64_t first, int n, double *value);

/* What makes the numbers of recipes[index]. */
recipe_fill *recipe_maker (int index, bool integer_type);

/* Recipes of numerics.c. */
recipe_fill fill_uniform, fill_normal, fill_wide, fill_cancellation, fill_halfway, fill_subnormal,
    fill_special, fill_tosa;

#endif
