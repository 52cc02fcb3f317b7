/* stretch.h: truths that are made in stretches, as there is no room for all of them at once.
   A stretch is some numbers of a result, in row-major order. They are the whole result of a smaller
   layer, with some of the images or some of the channels, so that the oracle knows nothing of
   stretches. */

#ifndef STRETCH_H
#define STRETCH_H

#include "ask.h"

/* How many numbers may be wanted again when the next are made. A stretch has more, but for the
 * last. */
enum { STRETCH_AGAIN = 256 };

typedef struct stretches {
  question asked;
  const job *whole;
  int64_t room;       /* numbers that the arrays of `now` hold: those of a plane, at least */
  truth now;          /* of the stretch that is in memory */
  int64_t elements;   /* of it */
  bool looked, exact; /* whether the data are exact, as far as that was looked at */
} stretches;

/* The room that a stretch of so many planes of a result takes; a channel of the output is a plane,
   or the gradient of a filter. */
int64_t stretch_of (enum job_tensor result, const place *p, int64_t planes);

/* The truth about result k from one of its numbers on: about all of it, or a stretch. `from` is 0,
   or an element's first number in the last stretch, at most STRETCH_AGAIN before its end. NULL: the
   oracle could not compute it. */
const truth *truth_from (const expectation *x, int k, int64_t from);

/* The number after the last that a truth is about. */
int64_t truth_end (const truth *t);

/* The largest S of a result that is at most `most`; infinity if the oracle could not compute it. */
double truth_scale (const expectation *x, int k, double most);

/* Whether the data are exact (expectation.exact): looked at now, and as it was found before. */
bool data_are_exact (const test_case *c, const expectation *x);
bool is_exact (const test_case *c, const expectation *x);

#endif
