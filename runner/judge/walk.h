/* walk.h: one result on its way through the comparison, for the files of the judge that look at its
   elements: values.c and sample.c. */

#ifndef JUDGE_WALK_H
#define JUDGE_WALK_H

#include "parts.h"

enum { ENOUGH = 1000 /* draws for statistics */ };

typedef struct sample sample;

typedef struct walk {
  const trial *t;
  enum job_tensor tensor;
  int result;         /* its number among the truths */
  const truth *truth; /* of all its numbers, or of the stretch that is looked at */
  const place *place;
  const dtype *type;
  profile profile;
  bool integer;
  bool bitwise;              /* nothing but the oracle's own number is right */
  bool adds_zeros;           /* a sum may take up zeros besides */
  const unsigned char *got;  /* of results that lie one after the other, as the truth does */
  int64_t count, mismatches; /* of numbers: each part of a complex element is judged for itself */
  int64_t numbers;           /* elements whose error was taken */
  double error, square;      /* sums of e = error / (u * S), and of its square */
  reach_cache reach;
  sample *sample; /* NULL: the errors are not judged together */
} walk;

/* Of number i, where it stands in the truth. */
static inline int64_t in_truth (const walk *w, int64_t i) {
  return i - w->truth->first;
}

static inline const unsigned char *want_at (const walk *w, int64_t i) {
  return (const unsigned char *) w->truth->want.data + in_truth(w, i) * number_size(w->type);
}

const reach *reach_at (walk *w, int64_t i);

/* The same, or a reach that is not looked at. */
const reach *reach_if_needed (walk *w, int64_t i);
bool needs_reach (const walk *w);

/* A narrow gradient may be rounded for every place in the padded input, and then be added up. */
sum sum_at (const walk *w, int64_t i);

/* Whether elements may be compared many at once. */
bool comes_in_runs (const walk *w);

/* As how many terms two count, in a sum that may take up zeros. */
double two_terms (const walk *w);

/* Numbers of one plane; all, if there are no planes. */
int64_t plane_of (const walk *w);

/* ---- the draws of a result, for JUDGE-3 */

/* NULL if they say nothing, or if memory runs out. */
sample *sample_open (const walk *w);
void sample_close (sample *s);

/* Takes up those of the numbers [first, first + n), which come one after the other; got: the first,
   and the others `step` bytes apart. */
void sample_take (walk *w, int64_t first, int64_t n, const unsigned char *got, int64_t step);

/* Whether the errors are fair, as far as there are enough of them; else how they are not. */
bool sample_is_fair (walk *w, char *text, size_t size);

#endif
