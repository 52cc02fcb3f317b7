/* parts.h: what the files of the judge share; nobody else includes it.
   Each part looks at one thing and returns V_PASS if it found no fault in it. */

#ifndef JUDGE_PARTS_H
#define JUDGE_PARTS_H

#include "call/contract.h"
#include "call/dtype.h"
#include "judge.h"
#include "call/lattice.h"

#include <math.h>
#include <string.h>

/* What is on trial: the arguments of judge. */
typedef struct trial {
  const test_case *c;
  const expectation *x;
  const subject_info *s;
  const job *j;
  const unsigned char *arena;
  judgement *out;
} trial;

/* What the subject claims, of all calls and of this one. */
static inline uint32_t claims_of (const trial *t) {
  return t->s->claims | t->j->claims;
}

/* Writes the words of a verdict and returns it. */
__attribute__((format(printf, 3, 4))) verdict say (const trial *t, verdict v, const char *format,
                                                   ...);

/* The oracle's answer, which is made when it is wanted, is not to be had. */
verdict say_uncomputed (const trial *t);

/* "weight[0,2,1,1]" */
enum { MAX_ELEMENT = 160 };
void index_name (int tensor, const shape *index, char text[static MAX_ELEMENT]);

/* The indices of element i in row-major order. */
shape element_indices (const place *p, int64_t i);

static inline const unsigned char *element_at (const trial *t, const place *p, int64_t i) {
  return t->arena + p->offset + place_at(p, i);
}

/* Number i of a tensor: those of complex element i / 2 are its real and its imaginary part. */
static inline const unsigned char *number_at (const trial *t, const place *p, int64_t i) {
  if (p->dtype.code != kDLComplex)
    return element_at(t, p, i);
  return element_at(t, p, i / 2) + i % 2 * (p->dtype.bits / 16);
}

/* Numbers of a dtype; a constant size makes memcmp a single instruction. */
static inline bool same_bits (const unsigned char *a, const unsigned char *b, size_t size) {
  switch (size) {
  case 1: return *a == *b;
  case 2: return memcmp(a, b, 2) == 0;
  case 4: return memcmp(a, b, 4) == 0;
  default: return memcmp(a, b, 8) == 0;
  }
}

/* Whether a right answer of the case differs from a wrong one. */
verdict judge_data (const trial *t);

/* A call that did not return. */
verdict judge_end (const trial *t);

/* What a call did besides answering. */
verdict judge_conduct (const trial *t);

/* The results of a valid call, against the truths. */
verdict judge_values (const trial *t);

/* The same; where they are wrong by the contract that the subject states, but right by a weaker
   one, V_OVERSTATED. */
verdict judge_stated (const trial *t);

/* Fresh parameters: within the bound, and distributed as they must be. */
verdict judge_init (const trial *t);

/* ---- what an element of a result is made of */

/* The values of a part of a tensor. */
typedef struct extent {
  double largest; /* of the finite ones, in magnitude */
  bool nonfinite, subnormal;
} extent;

typedef struct reach {
  extent factor[2]; /* of the products */
  extent added;     /* bias */
  int64_t taps;     /* products, those with padding too */
} reach;

static inline bool any_nonfinite (const reach *r) {
  return r->factor[0].nonfinite || r->factor[1].nonfinite || r->added.nonfinite;
}

static inline bool any_subnormal (const reach *r) {
  return r->factor[0].subnormal || r->factor[1].subnormal || r->added.subnormal;
}

/* A part of a tensor, along the first two of its four axes. */
typedef struct slice {
  int64_t tensor;
  int64_t from[2], count[2];
} slice;

typedef struct slot {
  extent extent;
  bool known;
} slot;

/* What was found before, of all slices that a factor has. Starts as {0}. */
typedef struct reach_cache {
  int64_t plane; /* number of the last plane, from 1 */
  reach reach;   /* its */
  slot *slot[2];
} reach_cache;

void reach_forget (reach_cache *cache);

/* Of element i of result `tensor`. Factors of complex elements are taken for the sums of both
   parts, which products may be made of. */
const reach *reach_of (const trial *t, int tensor, int64_t i, reach_cache *cache);

/* ---- the bounds of specs/judge.md */

/* The numbers of a type, as far as their distances go. */
typedef struct spacing {
  double lowest, highest; /* the powers of 2 between which distances grow */
  double half;            /* half the distance of the numbers from 1 on */
} spacing;

/* How a subject computes, as far as the bounds depend on it. */
typedef struct profile {
  const dtype *type; /* of the result */
  bool narrow;       /* it has less precision than the accumulator */
  bool paired;       /* elements are complex: sums may be made by three products */
  double unit;       /* u: the accumulator's unit roundoff */
  double tiny;       /* at least half its smallest subnormal number */
  double normal;     /* its smallest normal number */
  double largest;    /* its largest number */
  double largest_result;
  spacing sum, result; /* of the accumulator's numbers and of the type's */
  bool transforms, flushes;
  /* of a numeric contract; nothing, if none is stated */
  bool contracted, cuts, saturates;
  double operand;       /* error of a product whose factors are not taken whole, relative to it */
  double factor;        /* error of one number that stands for a factor, or is a part of it */
  double larger, parts; /* how much larger, and how many, the products may be that stand for one */
  double store;         /* unit roundoff of the type that partial sums are stored in */
  double once;          /* what a sum loses by storing, whatever its number of terms */
  double every;         /* terms */
} profile;

profile profile_of (DLDataType type, uint32_t claims, const contract *k);

/* The type in which products of type d are added up. */
const dtype *accumulator_of (const dtype *d, const contract *k);

/* Whether sums of data that are exact without a contract are exact with it: factors, products and
   partial sums are numbers of every type that they go through. largest: of the scales. */
bool stays_exact (const trial *t, const profile *p, const contract *k, double largest);

typedef struct bound {
  double unit;  /* u * S, in which errors are counted */
  double sum;   /* how far the sum may be from `exact` before it is rounded to the result's type */
  double total; /* how far the result may be from it */
  double fixed; /* the part of `total` that does not grow with the number of terms */
} bound;

/* One element of a result: what the oracle knows of its sum, and in how many parts it may be
   added up, each rounded to the result's type (JUDGE-8; 1: as a whole). */
typedef struct sum {
  double exact, scale;
  int64_t terms, parts;
} sum;

/* In how many parts element i of a gradient of the input may be added up: one for each place that
   it has in the padded input and that some window reads, as far as `terms` products go. */
int64_t parts_of (const job *j, int64_t i, int64_t terms);

/* A sum of complex products may be made of three times as many (JUDGE-9). */
enum { COMPLEX_TIMES = 3, COMPLEX_MORE = 7 };

static inline int64_t terms_counted (const profile *p, int64_t terms) {
  return p->paired ? COMPLEX_TIMES * terms + COMPLEX_MORE : terms;
}

/* Of an element whose exact sum is finite. r counts where the profile transforms or flushes. */
bound bound_of (const profile *p, const sum *s, const reach *r);

/* ---- the same for many elements at once */

/* Half the distance between the numbers about x >= 0: the error of rounding to it. */
static inline double half_ulp (const spacing *g, double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits &= (uint64_t) 0x7ff << 52;
  memcpy(&x, &bits, sizeof x);
  x = x > g->lowest ? x : g->lowest;
  x = x < g->highest ? x : g->highest;
  x *= g->half;
  return x > 0x1p-1074 ? x : 0x1p-1074;
}

/* What bound_of computes with, for elements of the same reach. What a profile lacks is 0. */
typedef struct formula {
  double unit, amplified;        /* u, and what transforms add to the growth */
  double lost_each, lost_once;   /* by underflow and flushing, a term and an element */
  double typical;                /* square of what transforms add to the spread */
  double direct;                 /* 1, or 0 for transforms: S is the oracle's */
  double factor[2], added, taps; /* of transforms: the largest numbers */
  double once;                   /* added to n * u: what a sum loses whatever its number of terms */
  double times, more;            /* as how many a number of terms counts: of complex sums */
  double operand;                /* of S: by factors that are not taken whole */
  double larger;     /* how much larger than S the sum of magnitudes may be that is added up */
  double store;      /* square of what partial sums lose when they are stored, a term */
  double last, wide; /* 1 where results are rounded once more, or the truth is; else 0 */
  double largest, slack;
  spacing own;
} formula;

formula formula_of (const profile *p, const reach *r);

/* What a bound is made of. */
typedef struct limits {
  double sum, last, rounded, lost;
} limits;

/* grown: the error of the sum but for what is lost. */
static inline limits limits_of (const formula *f, double exact, double n, double g, double grown) {
  limits l;
  const double size = fabs(exact);
  const double rounded = half_ulp(&f->own, size);
  l.lost = (n * f->lost_each + f->lost_once) * (1 + g);
  l.rounded = f->wide * rounded;
  l.sum = (grown + l.lost) * f->slack + l.rounded;
  l.last = f->last * half_ulp(&f->own, size + l.sum);
  return l;
}

/* A run of elements of one plane. */
typedef struct run_of {
  const double *got, *exact, *scale;
  const int64_t *terms;
  double two; /* as how many terms two count */
  int n;      /* at most RUN */
} run_of;

enum {
  RUN = 256,
  SIDE_BY_SIDE = 8 /* sums, so that their order is the same on every processor */
};

/* The errors of a run together, in units of u * S, and the largest in units of what is allowed. */
typedef struct run_errors {
  double error, square, worst;
} run_errors;

/* An error as the statistics see it. Where there is no spread, or no S, it counts as 0. */
typedef struct draw {
  double x;     /* error / spread */
  double w;     /* exact / S */
  double side;  /* u * S / spread */
  double share; /* 1 / (S * spread) */
} draw;

/* Those of a run, the members of each side by side. */
typedef struct draws {
  double x[RUN], w[RUN], side[RUN], share[RUN];
} draws;

static inline void draws_put (draws *all, int i, draw d) {
  all->x[i] = d.x;
  all->w[i] = d.w;
  all->side[i] = d.side;
  all->share[i] = d.share;
}

/* 0 for what has no normal inverse. */
static inline double inverse (double v) {
  const bool normal = (v >= 0x1p-1022) & (v <= 0x1p1022);
  return normal ? 1 / v : 0;
}

/* What a contract adds to the square of the spread; 0 without. Errors of factors are of either
   sign, one for each product: on random data the sum of squares of n products is at most 4/n of the
   square of their sum. */
static inline double contract_square (const formula *f, double n, double unit) {
  const double scale = f->unit > 0 ? unit / f->unit : 0, few = n > 4 ? 4 / n : 1;
  return (few * f->operand * f->operand + (n + 1) * f->store) * scale * scale;
}

/* away: got - exact; unit: u * S; fixed: the part of the bound that does not grow with n. */
static inline draw draw_of (const formula *f, double n, double away, double exact, double scale,
                            double unit, double fixed) {
  const double spread =
      sqrt((n + f->typical) * unit * unit + fixed * fixed + contract_square(f, n, unit));
  const double per_spread = inverse(spread), per_scale = inverse(scale);
  return (draw){ .x = away * per_spread,
                 .w = exact * per_scale,
                 .side = unit * per_spread,
                 .share = per_scale * per_spread };
}

/* False if any element is wrong, or is no number, or must be looked at for itself. */
bool run_is_right (const formula *f, const run_of *r, run_errors *e);

/* The draw of one element. */
draw draw_at_bound (const profile *p, const sum *of, const reach *r, double got);

/* The draws of a run, all of whose elements are numbers. */
void run_draw (const formula *f, const run_of *r, draws *d);

/* ---- */

/* Whether an intermediate sum may overflow (JUDGE-6); its scale need not be finite. */
bool may_overflow (const profile *p, const sum *s, const reach *r);

/* An element whose answer or truth is not finite; they are not the same infinity, nor both NaN. */
typedef struct nonfinite_element {
  double got, want;
  sum sum;
  bool padding; /* CONV2D_PADDING_TIMES_NONFINITE */
  bool spoiled; /* of a complex element: data are not finite, and so one of both parts is not */
  const reach *reach;
} nonfinite_element;

/* Whether the answer is right all the same (JUDGE-4, JUDGE-6). */
bool class_is_free (const profile *p, const nonfinite_element *z);

/* ---- the statistics of JUDGE-3 */

enum { TALLY_GRIDS = 4 };

/* How large one addition, that of the bias, may make the sums of an output channel. */
typedef struct common {
  double side;                 /* of x */
  double leaning[TALLY_GRIDS]; /* of w * x, where the bias is added to sums of that size */
} common;

typedef struct tally {
  int64_t count, channels;
  double x, xx;            /* sums of x = error / spread, and of its square */
  double leaning, weighed; /* of w * x with w = exact / S, and of its square */
  common *common;          /* of each channel */
} tally;

/* False if out of memory. */
bool tally_open (tally *n, int64_t channels);
void tally_close (tally *n);
void tally_add (tally *n, const draws *d, int count);

/* What the same draws say of the bias that was added to their channel. exact: their sums; own: the
   numbers that the sums are made of. */
void tally_add_bias (tally *n, int64_t channel, double bias, const spacing *own,
                     const double *exact, const draws *d, int count);

/* Whether the errors are small together and lean to no side; else how they do, in `text`. */
bool tally_is_fair (const tally *n, bool transforms, char *text, size_t size);

/* The statistics of a result are made of draws: elements spread over it, at most DRAWS, each of
   which sums what no other does. */
enum { DRAWS = 1 << 16, DRAW_MARKS = 1 << 20 };

typedef struct drawn {
  uint64_t marks[DRAW_MARKS / 64]; /* of the sums so far */
} drawn;

/* The element that is drawn from part k of n elements. There are min (DRAWS, n) parts. */
int64_t draw_at (int64_t n, int64_t k);

/* Whether no draw so far had this sum, by the leading bits of its significand. Marks it. */
bool draw_is_new (drawn *d, double exact);

#endif
