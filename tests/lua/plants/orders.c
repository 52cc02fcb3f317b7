/* orders.c: subjects that add in a known order and arithmetic, which `reveal` must find.
   PLANT is one of the names below. All directions, in every float dtype; zero padding only. */

#include "../../../include/conv2d_abi.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum plant {
  order_chain,
  order_fused,
  order_reversed,
  order_taps_first,
  order_bias_first,
  order_blocks,   /* of 10 products, added in order */
  order_pairwise, /* blocks of 5, added pairwise */
  order_lanes,    /* every 8th product */
  order_halves,   /* two threads' worth */
  order_double,   /* sums in float64 */
  order_kahan,
  order_neumaier,
  order_cut,           /* sums cut toward zero */
  order_ties_away,     /* results of 16 bits are rounded, ties away from zero */
  order_at_once,       /* four products and the sum, aligned and cut to 2 bits more */
  order_short_operand, /* operands rounded to 8 bits */
  order_stored,        /* order_blocks, with partial sums stored in bfloat16 */
  order_stored_once,   /* order_blocks, with the sum of two blocks stored in bfloat16 */
  order_width_tail,    /* of each 4 columns a vector, fused; the rest not */
  order_channel_tail,  /* likewise of output channels */
  order_mixed,         /* every second product fused */
  order_narrow,        /* sums in the dtype itself, float16 or bfloat16 */
  order_changing,      /* another order in every call */
  order_ulp,           /* of 4,096 elements one is the next number */
  order_twice_rounded, /* sums in float64, rounded to float32 and then to the dtype */
  order_short_large,   /* operands rounded to 11 bits, in sums of 4,608 products and more */
  order_switches,      /* order_lanes from 24 channels or 5 images on */
  order_faulty_switch, /* likewise, and wrong where both begin */
  order_neighbours,    /* order_lanes where the last number of the input is negative */
  order_layout,        /* order_lanes if the input is channels last */
  order_alignment,     /* order_lanes if the input is not aligned to 64 bytes */
  order_threads,       /* order_lanes with more than one thread */
  order_columns, /* a partial sum for each column of the kernel: rows outermost, then channels */
  order_block_16 /* order_blocks with another size */
};

/* ---- numbers */

typedef struct numbers {
  DLDataType type;
  int bits; /* of sums */
} numbers;

static double whole_number (double v) {
  return PLANT == order_cut ? trunc(v) : PLANT == order_ties_away ? round(v) : rint(v);
}

static double to_bits (double v, int bits) {
  if (v == 0 || !isfinite(v) || bits == 53)
    return v;
  const double place = ldexp(1, ilogb(v) - bits + 1);
  return whole_number(v / place) * place;
}

/* A sum or product that was computed in double, rounded. */
static double rounded (const numbers *t, double v) {
  return t->bits == 24 && PLANT != order_cut ? (double) (float) v : to_bits(v, t->bits);
}

static double fused (const numbers *t, double sum, double x, double w) {
  if (t->bits == 53)
    return fma(x, w, sum);
  return t->bits == 24 ? (double) fmaf((float) x, (float) w, (float) sum) : rounded(t, x * w + sum);
}

static double load (const DLTensor *t, int64_t at) {
  const uint16_t *half = t->data;
  if (t->dtype.bits == 64)
    return ((const double *) t->data)[at];
  if (t->dtype.bits == 32)
    return (double) ((const float *) t->data)[at];
  if (t->dtype.code == kDLBfloat) {
    const uint32_t bits = (uint32_t) half[at] << 16;
    float v;
    memcpy(&v, &bits, sizeof v);
    return (double) v;
  }
  const int e = half[at] >> 10 & 31, f = half[at] & 1023;
  const double v = e ? ldexp(1024 + f, e - 25) : ldexp(f, -24);
  return half[at] >> 15 ? -v : v;
}

static void store_half (uint16_t *to, double v) {
  const double a = fabs(v);
  int e = a > 0 ? ilogb(a) : -20;
  e = e < -14 ? -14 : e;
  double f = PLANT == order_ties_away ? round(ldexp(a, 10 - e)) : rint(ldexp(a, 10 - e));
  if (f >= 2048) {
    f /= 2;
    e++;
  }
  const unsigned bits = e > 15     ? 0x7c00
                        : f < 1024 ? (unsigned) f
                                   : (unsigned) (e + 15) << 10 | ((unsigned) f & 1023);
  *to = (uint16_t) (bits | (signbit(v) ? 0x8000U : 0));
}

static void store (DLTensor *t, int64_t at, double v) {
  if (t->dtype.bits == 64) {
    ((double *) t->data)[at] = v;
  } else if (t->dtype.bits == 32) {
    ((float *) t->data)[at] = (float) v;
  } else if (t->dtype.code == kDLBfloat) {
    const double r = to_bits(v, 8);
    const float f = (float) r;
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    ((uint16_t *) t->data)[at] = (uint16_t) (bits >> 16);
  } else {
    store_half((uint16_t *) t->data + at, v);
  }
}

/* ---- sums of products that are gathered already */

static double add (const numbers *t, double sum, double x, double w) {
  if (PLANT == order_fused)
    return fused(t, sum, x, w);
  return rounded(t, sum + rounded(t, x * w));
}

static double chain (const numbers *t, const double *x, const double *w, int64_t n, int64_t step) {
  double sum = rounded(t, x[0] * w[0]);
  for (int64_t i = step; i < n; i += step)
    sum = add(t, sum, x[i], w[i]);
  return sum;
}

static double fused_chain (const numbers *t, const double *x, const double *w, int64_t n,
                           bool all) {
  double sum = rounded(t, x[0] * w[0]);
  for (int64_t i = 1; i < n; i++)
    sum = all || i % 2 ? fused(t, sum, x[i], w[i]) : add(t, sum, x[i], w[i]);
  return sum;
}

static double blocks (const numbers *t, const double *x, const double *w, int64_t n, int64_t size,
                      bool narrow) {
  double sum = 0;
  for (int64_t i = 0; i < n; i += size) {
    double part = chain(t, x + i, w + i, i + size < n ? size : n - i, 1);
    part = narrow ? to_bits(part, 8) : part;
    sum = i ? rounded(t, sum + part) : part;
    sum = narrow ? to_bits(sum, 8) : sum;
  }
  return sum;
}

static double stored_once (const numbers *t, const double *x, const double *w, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i += 10) {
    const double part = chain(t, x + i, w + i, i + 10 < n ? 10 : n - i, 1);
    sum = i ? rounded(t, sum + part) : part;
    if (i == 10)
      sum = to_bits(sum, 8);
  }
  return sum;
}

static double pairwise (const numbers *t, const double *x, const double *w, int64_t n) {
  int64_t half = 5;
  if (n <= half)
    return chain(t, x, w, n, 1);
  while (half * 2 < n)
    half *= 2;
  return rounded(t, pairwise(t, x, w, half) + pairwise(t, x + half, w + half, n - half));
}

static double lanes (const numbers *t, const double *x, const double *w, int64_t n) {
  double lane[8] = { 0 };
  for (int64_t i = 0; i < 8 && i < n; i++)
    lane[i] = chain(t, x + i, w + i, n - i, 8);
  for (int step = 1; step < 8; step *= 2)
    for (int i = 0; i < 8; i += 2 * step)
      lane[i] = rounded(t, lane[i] + lane[i + step]);
  return lane[0];
}

static double kahan (const numbers *t, const double *x, const double *w, int64_t n) {
  double sum = rounded(t, x[0] * w[0]), lost = 0;
  for (int64_t i = 1; i < n; i++) {
    const double y = rounded(t, rounded(t, x[i] * w[i]) - lost), next = rounded(t, sum + y);
    lost = rounded(t, rounded(t, next - sum) - y);
    sum = next;
  }
  return sum;
}

/* With an error that is added at the end; in pairs of doubles, so exact up to one rounding. */
static double neumaier (const double *x, const double *w, int64_t n) {
  double sum = 0, low = 0;
  for (int64_t i = 0; i < n; i++) {
    const double v = x[i] * w[i], e = fma(x[i], w[i], -v), next = sum + v, part = next - sum;
    low += (sum - (next - part)) + (v - part) + e;
    sum = next;
  }
  return sum + low;
}

static double at_once (const numbers *t, const double *x, const double *w, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i += 4) {
    double term[5] = { sum }, wide = 0;
    int most = sum != 0 ? ilogb(sum) : -2000;
    for (int64_t k = 0; k < 4 && i + k < n; k++) {
      term[k + 1] = x[i + k] * w[i + k];
      if (term[k + 1] != 0 && ilogb(term[k + 1]) > most)
        most = ilogb(term[k + 1]);
    }
    const double place = ldexp(1, most - (t->bits + 2) + 1);
    for (int k = 0; k < 5 && most > -2000; k++)
      wide += trunc(term[k] / place) * place;
    sum = rounded(t, wide);
  }
  return sum;
}

static int calls; /* of the subject */

static double sum_of (const numbers *t, const double *x, const double *w, int64_t n, int64_t lane,
                      int64_t lanes_in_all) {
  const bool in_vector = lane < lanes_in_all / 4 * 4;
  if (!n)
    return 0;
  switch (PLANT) {
  case order_block_16: return blocks(t, x, w, n, 16, false);
  case order_blocks: return blocks(t, x, w, n, 10, false);
  case order_stored: return blocks(t, x, w, n, 10, true);
  case order_stored_once: return stored_once(t, x, w, n);
  case order_pairwise: return pairwise(t, x, w, n);
  case order_lanes: return lanes(t, x, w, n);
  case order_halves: return blocks(t, x, w, n, (n + 1) / 2, false);
  case order_kahan: return kahan(t, x, w, n);
  case order_neumaier: return neumaier(x, w, n);
  case order_at_once: return at_once(t, x, w, n);
  case order_width_tail:
  case order_channel_tail: return in_vector ? fused_chain(t, x, w, n, true) : lanes(t, x, w, n);
  case order_mixed: return fused_chain(t, x, w, n, false);
  case order_changing: return calls % 2 ? chain(t, x, w, n, 1) : lanes(t, x, w, n);
  default: return chain(t, x, w, n, 1);
  }
}

/* ---- gathering */

static int64_t offset (const DLTensor *t, int64_t n, int64_t c, int64_t h, int64_t w) {
  return n * t->strides[0] + c * t->strides[1] + h * t->strides[2] + w * t->strides[3];
}

static double operand (double v) {
  return PLANT == order_short_operand ? to_bits(v, 8) : v;
}

static void shorten (double *v, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    v[i] = to_bits(v[i], 11);
}

enum { MOST_MARKED = 4096 };

typedef struct list {
  double *x, *w;
  int64_t count;
} list;

static int64_t column_of[MOST_MARKED]; /* of the products of one element, in order_columns */

static void push (list *l, double x, double w) {
  l->x[l->count] = operand(x);
  l->w[l->count++] = operand(w);
}

static void turn_around (list *l) {
  for (int64_t i = 0; i < l->count / 2; i++) {
    const double x = l->x[i], w = l->w[i];
    l->x[i] = l->x[l->count - 1 - i], l->w[i] = l->w[l->count - 1 - i];
    l->x[l->count - 1 - i] = x, l->w[l->count - 1 - i] = w;
  }
}

static bool inside (const conv2d_params *p, const DLTensor *x, const int64_t ij[2], int64_t r,
                    int64_t s, int64_t hw[2]) {
  hw[0] = ij[0] * p->stride[0] + r * p->dilation[0] - p->padding[0];
  hw[1] = ij[1] * p->stride[1] + s * p->dilation[1] - p->padding[1];
  return hw[0] >= 0 && hw[1] >= 0 && hw[0] < x->shape[2] && hw[1] < x->shape[3];
}

static void gather_output (const conv2d_params *p, const DLTensor *x, const DLTensor *w,
                           const int64_t at[4], list *l) {
  const int64_t inner = p->in_channels / p->groups,
                first = at[1] / (p->out_channels / p->groups) * inner;
  const bool columns_first = PLANT == order_columns;
  const bool taps_first = columns_first || PLANT == order_taps_first;
  const int64_t taps = p->kernel_size[0] * p->kernel_size[1];
  for (int64_t u = 0; u < inner * taps; u++) {
    const int64_t c = taps_first ? u % inner : u / taps, tap = taps_first ? u / inner : u % taps;
    int64_t hw[2];
    const int64_t inner_taps = p->kernel_size[columns_first ? 0 : 1];
    const int64_t r = columns_first ? tap % inner_taps : tap / inner_taps;
    const int64_t s = columns_first ? tap / inner_taps : tap % inner_taps;
    if (!inside(p, x, at + 2, r, s, hw))
      continue;
    if (l->count < MOST_MARKED)
      column_of[l->count] = s;
    push(l, load(x, offset(x, at[0], first + c, hw[0], hw[1])), load(w, offset(w, at[1], c, r, s)));
  }
}

static double columns (const numbers *t, const double *x, const double *w, int64_t n) {
  double sum = 0;
  for (int64_t i = 0, end; i < n; i = end) {
    for (end = i + 1; end < n && column_of[end] == column_of[i];)
      end++;
    const double part = chain(t, x + i, w + i, end - i, 1);
    sum = i ? rounded(t, sum + part) : part;
  }
  return sum;
}

static void gather_grad_input (const conv2d_params *p, const DLTensor *g, const DLTensor *w,
                               const int64_t at[4], list *l) {
  const int64_t inner = p->in_channels / p->groups, outer = p->out_channels / p->groups,
                group = at[1] / inner;
  for (int64_t k = group * outer; k < (group + 1) * outer; k++)
    for (int64_t r = 0; r < p->kernel_size[0]; r++)
      for (int64_t s = 0; s < p->kernel_size[1]; s++) {
        const int64_t h = at[2] + p->padding[0] - r * p->dilation[0],
                      v = at[3] + p->padding[1] - s * p->dilation[1];
        const int64_t i = h / p->stride[0], j = v / p->stride[1];
        if (h >= 0 && v >= 0 && h % p->stride[0] == 0 && v % p->stride[1] == 0 && i < g->shape[2]
            && j < g->shape[3])
          push(l, load(g, offset(g, at[0], k, i, j)), load(w, offset(w, k, at[1] % inner, r, s)));
      }
}

static void gather_grad_weight (const conv2d_params *p, const DLTensor *x, const DLTensor *g,
                                const int64_t at[4], list *l) {
  const int64_t inner = p->in_channels / p->groups,
                c = at[0] / (p->out_channels / p->groups) * inner + at[1];
  int64_t ij[2], hw[2];
  for (int64_t n = 0; n < x->shape[0]; n++)
    for (ij[0] = 0; ij[0] < g->shape[2]; ij[0]++)
      for (ij[1] = 0; ij[1] < g->shape[3]; ij[1]++)
        if (inside(p, x, ij, at[2], at[3], hw))
          push(l, load(x, offset(x, n, c, hw[0], hw[1])),
               load(g, offset(g, n, at[0], ij[0], ij[1])));
}

static numbers numbers_of (DLDataType type) {
  const int own = type.bits == 64 ? 53 : type.bits == 32 ? 24 : type.code == kDLBfloat ? 8 : 11;
  return (numbers){ type, PLANT == order_double || PLANT == order_twice_rounded ? 53
                          : PLANT == order_narrow || own > 24                   ? own
                                                                                : 24 };
}

/* ---- the subject */

static bool has_switched (const conv2d_params *p, const DLTensor *a, const DLTensor *to) {
  const char *threads = getenv("OMP_NUM_THREADS");
  if (PLANT == order_neighbours)
    return load(a, offset(a, a->shape[0] - 1, a->shape[1] - 1, a->shape[2] - 1, a->shape[3] - 1))
           < 0;
  if (PLANT == order_layout)
    return a->strides[1] == 1 && a->shape[1] > 1;
  if (PLANT == order_alignment)
    return (uintptr_t) a->data % 64 != 0;
  if (PLANT == order_threads)
    return threads && atoi(threads) > 1;
  return (PLANT == order_switches || PLANT == order_faulty_switch)
         && (p->in_channels >= 24 || to->shape[0] >= 5);
}

static bool is_faulty (const conv2d_params *p, const DLTensor *to) {
  return PLANT == order_faulty_switch && p->in_channels == 24 && to->shape[0] == 5;
}

typedef void gatherer (const conv2d_params *p, const DLTensor *a, const DLTensor *b,
                       const int64_t at[4], list *l);

static int32_t fill (const conv2d_params *p, gatherer *gather, const DLTensor *a, const DLTensor *b,
                     const DLTensor *bias, DLTensor *to, int64_t most) {
  const numbers t = numbers_of(p->dtype);
  list l = { malloc((size_t) (most + 2) * sizeof(double)),
             malloc((size_t) (most + 2) * sizeof(double)), 0 };
  int64_t at[4], element = 0;
  for (at[0] = 0; l.x && l.w && at[0] < to->shape[0]; at[0]++)
    for (at[1] = 0; at[1] < to->shape[1]; at[1]++)
      for (at[2] = 0; at[2] < to->shape[2]; at[2]++)
        for (at[3] = 0; at[3] < to->shape[3]; at[3]++) {
          const int axis = PLANT == order_channel_tail ? 1 : 3;
          l.count = 0;
          if (bias && PLANT == order_bias_first)
            push(&l, 1, load(bias, at[1] * bias->strides[0]));
          gather(p, a, b, at, &l);
          if (PLANT == order_reversed)
            turn_around(&l);
          if (bias && PLANT == order_neumaier)
            push(&l, 1, load(bias, at[1] * bias->strides[0]));
          if (PLANT == order_short_large && l.count >= 4608) {
            shorten(l.x, l.count);
            shorten(l.w, l.count);
          }
          double v = has_switched(p, a, to) ? lanes(&t, l.x, l.w, l.count) + is_faulty(p, to)
                     : PLANT == order_columns && gather == gather_output && l.count <= MOST_MARKED
                         ? columns(&t, l.x, l.w, l.count)
                         : sum_of(&t, l.x, l.w, l.count, at[axis], to->shape[axis]);
          if (bias && PLANT != order_bias_first && PLANT != order_neumaier)
            v = rounded(&t, v + load(bias, at[1] * bias->strides[0]));
          if (PLANT == order_ulp && element++ % 4096 == 1234)
            v = (double) nextafterf((float) v, INFINITY);
          if (PLANT == order_twice_rounded)
            v = (double) (float) v;
          store(to, offset(to, at[0], at[1], at[2], at[3]), v);
        }
  free(l.x);
  free(l.w);
  return CONV2D_OK;
}

static bool is_plain (const conv2d_params *p, const DLTensor *input) {
  return input->ndim == 4 && !p->padding_mode && !p->padding_kind && p->dtype.code != kDLInt
         && p->dtype.code != kDLUInt;
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  if (ndim != 4 || p->padding_mode || p->padding_kind)
    return CONV2D_UNSUPPORTED;
  output[0] = input[0], output[1] = p->out_channels;
  for (int a = 0; a < 2; a++)
    output[2 + a] =
        (input[2 + a] + 2 * p->padding[a] - p->dilation[a] * (p->kernel_size[a] - 1) - 1)
            / p->stride[a]
        + 1;
  return CONV2D_OK;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (!is_plain(p, input))
    return CONV2D_UNSUPPORTED;
  calls++;
  return fill(p, gather_output, input, weight, bias, output,
              p->in_channels * p->kernel_size[0] * p->kernel_size[1]);
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  const int64_t area = input->shape[0] * grad_output->shape[2] * grad_output->shape[3];
  const numbers t = numbers_of(p->dtype);
  if (!is_plain(p, input))
    return CONV2D_UNSUPPORTED;
  if (grad_input)
    fill(p, gather_grad_input, grad_output, weight, NULL, grad_input,
         p->out_channels * p->kernel_size[0] * p->kernel_size[1]);
  if (grad_weight)
    fill(p, gather_grad_weight, input, grad_output, NULL, grad_weight, area);
  for (int64_t k = 0; grad_bias && k < p->out_channels; k++) {
    list l = { malloc((size_t) area * sizeof(double)), malloc((size_t) area * sizeof(double)), 0 };
    for (int64_t i = 0; l.x && l.w && i < area; i++)
      push(
          &l, 1,
          load(grad_output, offset(grad_output, i / (grad_output->shape[2] * grad_output->shape[3]),
                                   k, i / grad_output->shape[3] % grad_output->shape[2],
                                   i % grad_output->shape[3])));
    store(grad_bias, k * grad_bias->strides[0], sum_of(&t, l.x, l.w, l.count, k, p->out_channels));
    free(l.x);
    free(l.w);
  }
  return CONV2D_OK;
}

CONV2D_IMPLEMENT(.name = PLANT_NAME, .version = "1", .output_shape = output_shape,
                 .forward = forward, .backward = backward);
