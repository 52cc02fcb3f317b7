/* generator.h: the generator of one tensor's numbers: random words by position, and what a recipe
   may know of the tensor and of its case. */

#ifndef GENERATOR_H
#define GENERATOR_H

#include "call/dtype.h"
#include "data.h"

/* A recipe makes at most CHUNK values in a call, starting from a multiple of CHUNK. */
enum { CHUNK = 64 };

typedef struct generator {
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
} generator;

generator generator_of (const test_case *c, uint64_t key, role r, const DLTensor *t);

/* Words [first, first + n) of the tensor's stream; `first` is a multiple of 4, n at most CHUNK. */
void generator_draw (const generator *s, int64_t first, int n, uint32_t *word);

/* Two words for element i, from a stream of their own. */
uint64_t generator_pair (const generator *s, int64_t i);

/* The same for CHUNK elements at once; `first` is even. */
void generator_pairs (const generator *s, int64_t first, uint64_t pair[static CHUNK]);

/* Words of the tensor as a whole. */
void generator_tensor (const generator *s, uint32_t word[4]);

/* The element where the recipe's one event is: never a copy along an axis of stride 0. */
int64_t generator_event (const generator *s);

/* Makes values [first, first + n) of a tensor, n at most CHUNK and first a multiple of it. */
typedef void recipe_fill (const struct generator *s, int64_t first, int n, double *value);

/* What makes the numbers of recipes[index]. */
recipe_fill *recipe_maker (int index, bool integer_type);

/* Recipes of numerics.c. */
recipe_fill fill_uniform, fill_normal, fill_wide, fill_cancellation, fill_halfway, fill_subnormal,
    fill_special, fill_tosa;

#endif
