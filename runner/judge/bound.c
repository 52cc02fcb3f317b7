/* bound.c: how far a right answer may be from the oracle's; specs/judge.md has the proofs.
   Everything is in double, whose own errors SLACK pays for. */

#include "parts.h"

#include <float.h>
#include <math.h>

/* Pays for the errors of this file's arithmetic, for the uncertainty of the oracle's scale and
   sums, and for the second rounding of a subject that accumulates in a wider type. */
static const double SLACK = 1 + 0x1p-10;

/* How much the transforms of Winograd's F(6x6,3x3) may amplify an error, relative to the largest
   product: 508.75, rounded up. F(4x4,3x3): 256; F(4x4,5x5): 301; F(2x2,3x3): 7. */
static const double AMPLIFICATION = 512;

/* The same for the root mean square on random data. The constants against measured transforms:
   specs/judge.md, JUDGE-5. */
static const double TYPICAL_AMPLIFICATION = 32;

static double smallest_subnormal (const dtype *d) {
  return ldexp(1, d->min_exponent - d->precision + 1);
}

static double largest_number (const dtype *d) {
  return ldexp(d->top, d->max_exponent);
}

static spacing spacing_of (const dtype *d) {
  return (spacing){ .lowest = ldexp(1, d->min_exponent),
                    .highest = ldexp(1, d->max_exponent),
                    .half = ldexp(1, -d->precision) };
}

/* What a contract says of the factors of a product (specs/numerics.md). They are sums of m numbers,
   each within v of what is left; m (m + 1) / 2 products of these are added up. */
static void profile_operands (profile *p, const contract *k) {
  const double v = ldexp(1, (k->operands_cut ? 1 : 0) - k->operands);
  const int m = k->splits > 1 ? k->splits : 1;
  if (!k->operands || k->operands >= p->type->precision)
    return;
  p->factor = v;
  p->operand = pow(v, m) * (m * (1 + v) + 1) * (p->paired ? 2 : 1); /* JUDGE-9 */
  p->larger = (1 + v) * (1 + v) / ((1 - v) * (1 - v));
  p->parts = m * (m + 1) / 2.0;
}

/* And of the additions: one that aligns to the largest number and cuts loses a unit of what it
   keeps of each number. */
static void profile_sums (profile *p, const contract *k, const dtype *accumulator) {
  const double unit = ldexp(1, (k->sum_cut ? 1 : 0) - accumulator->precision);
  const double aligned = k->align ? ldexp(1, 2 - k->align) : 0;
  p->store = k->every ? ldexp(1, -dtype_of(k->stored)->precision) : 0;
  p->every = (double) k->every;
  p->once = p->store * (p->paired ? 4 : 1); /* JUDGE-9 */
  p->unit = p->parts * (unit + aligned) + (k->every ? p->store / p->every : 0);
  if (k->sum_cut)
    p->tiny *= 2;
  if (k->every)
    p->tiny += smallest_subnormal(dtype_of(k->stored)) / 2;
}

static void apply (profile *p, const contract *k, const dtype *accumulator) {
  p->contracted = true;
  p->cuts = k->operands_cut || k->sum_cut || k->align || k->result_cut;
  p->saturates = k->saturate;
  p->flushes |= k->flush;
  profile_operands(p, k);
  profile_sums(p, k, accumulator);
  if (k->result_cut)
    p->result.half *= 2;
  if (k->every)
    p->largest = fmin(p->largest, largest_number(dtype_of(k->stored)));
}

const dtype *accumulator_of (const dtype *d, const contract *k) {
  const DLDataType single = { kDLFloat, 32, 1 };
  const dtype *stated = k->sum.bits ? dtype_of(k->sum) : NULL;
  if (stated && !(d->parts > 1 && stated->precision == d->precision))
    return stated;
  return d->precision < 24 ? dtype_of(single) : d;
}

profile profile_of (DLDataType type, uint32_t claims, const contract *k) {
  const dtype *d = dtype_of(type), *accumulator = accumulator_of(d, k);
  profile p = { .type = d,
                .paired = d->parts > 1,
                .narrow = accumulator != d && (d->precision < 24 || k->sum.bits),
                .unit = ldexp(1, -accumulator->precision),
                .tiny = fmax(smallest_subnormal(accumulator) / 2, DBL_TRUE_MIN),
                .normal = ldexp(1, accumulator->min_exponent),
                .largest = largest_number(accumulator),
                .largest_result = largest_number(d),
                .result = spacing_of(d),
                .sum = spacing_of(accumulator),
                .transforms = claims & CONV2D_TRANSFORM,
                .flushes =
                    claims & CONV2D_FLUSHES_SUBNORMALS || type.code == kDLBfloat /* SPECIAL-11 */,
                .larger = 1,
                .parts = 1 };
  if (k->stated)
    apply(&p, k, accumulator);
  return p;
}

/* At least e^x - 1, and so at least (1 + u)^n - 1 with x = n * u. */
static double growth (double x) {
  return x <= 1 ? x + x * x : expm1(x);
}

static double growth_of (const profile *p, int64_t terms) {
  return growth(p->unit * (double) terms + p->once);
}

/* How many products an answer is made of. In a transform, the padding of a window takes part
   too. */
static int64_t terms_of (const profile *p, int64_t terms, const reach *r) {
  return p->transforms && r->taps > terms ? r->taps : terms;
}

/* The sum of |products| that max|factor| allows. */
static double scale_from_reach (int64_t terms, const reach *r) {
  return (double) terms * r->factor[0].largest * r->factor[1].largest + r->added.largest;
}

/* What underflow may cost a term: half a subnormal, amplified by transforms. */
static double underflow (const profile *p, const reach *r) {
  return !p->transforms
             ? p->tiny
             : AMPLIFICATION * p->tiny * (1 + r->factor[0].largest + r->factor[1].largest);
}

/* What flushing may cost a term: a smallest normal number of each factor, product and sum. */
static double flushed (const profile *p, const reach *r) {
  double factors = 0;
  for (int i = 0; i < 2; i++)
    if (r->factor[i].subnormal)
      factors += p->result.lowest * r->factor[1 - i].largest;
  return 2 * p->normal + factors;
}

/* What a factor may lose that is not taken whole, where what is kept of it is subnormal: multiples
   of a number are kept then, not bits. The second part of a small normal number is subnormal. */
static double lost_by_factors (const profile *p, const reach *r) {
  double factors = 0;
  for (int i = 0; i < 2 && p->factor > 0; i++)
    if (r->factor[i].subnormal || p->parts > 1)
      factors += 2 * p->factor * p->result.lowest * r->factor[1 - i].largest;
  return factors;
}

static void add_contract (formula *f, const profile *p, const reach *r) {
  f->once = p->once;
  f->operand = p->operand;
  f->larger = p->larger;
  f->lost_each = p->parts * f->lost_each + lost_by_factors(p, r);
  if (p->store > 0) {
    f->store = p->store * p->store / p->every;
    f->lost_once += p->tiny;
  }
}

formula formula_of (const profile *p, const reach *r) {
  formula f = { .unit = p->unit, .largest = p->largest_result, .slack = SLACK, .own = p->result };
  f.lost_each = underflow(p, r);
  if (p->flushes) {
    f.lost_each += flushed(p, r);
    f.lost_once = 2 * p->result.lowest;
  }
  f.times = p->paired ? COMPLEX_TIMES : 1;
  f.more = p->paired ? COMPLEX_MORE : 0;
  f.last = p->narrow;
  f.wide = p->type->precision > 24;
  f.direct = !p->transforms;
  if (p->transforms) {
    f.amplified = AMPLIFICATION * p->unit;
    f.typical = TYPICAL_AMPLIFICATION * TYPICAL_AMPLIFICATION;
    f.factor[0] = r->factor[0].largest;
    f.factor[1] = r->factor[1].largest;
    f.added = r->added.largest;
    f.taps = (double) r->taps;
  }
  f.larger = 1;
  if (p->contracted)
    add_contract(&f, p, r);
  return f;
}

/* The sum before its last rounding: growth times S, or its upper bound for transforms. An S beyond
   float64 is taken for what it can be at most if every product is finite. */
static double sum_error (const profile *p, double scale, int64_t terms) {
  const double amplified = p->transforms ? AMPLIFICATION * p->unit : 0;
  const double g = growth_of(p, terms) * p->larger + amplified + p->operand;
  return scale <= DBL_MAX ? g * scale : g * (double) terms * DBL_MAX;
}

/* The last roundings to a narrow type, of a sum in several parts. Each part is rounded, and each of
   their partial sums; together these are no larger than the sum of magnitudes. */
static double rounding_of_parts (const profile *p, const sum *s, double before) {
  const double g = growth(p->result.half * (double) s->parts);
  const double tiny = smallest_subnormal(p->type) / 2;
  return (g * (s->scale + before) + (1 + g) * (double) s->parts * tiny) * SLACK;
}

bound bound_of (const profile *p, const sum *of, const reach *r) {
  const formula f = formula_of(p, r);
  const int64_t terms = terms_of(p, of->terms, r);
  const double n = (double) terms, g = growth_of(p, terms) * p->larger;
  const double s = p->transforms ? scale_from_reach(terms, r) : of->scale;
  const limits l = limits_of(&f, of->exact, n, g, sum_error(p, s, terms));
  const double parts = of->parts == 1 ? l.last : p->narrow ? rounding_of_parts(p, of, l.sum) : 0;
  return (bound){ .unit = p->unit * fmin(s, DBL_MAX),
                  .sum = l.sum,
                  .total = l.sum + parts,
                  .fixed = parts + l.rounded + l.lost };
}

draw draw_at_bound (const profile *p, const sum *of, const reach *r, double got) {
  const formula f = formula_of(p, r);
  const bound b = bound_of(p, of, r);
  return draw_of(&f, (double) terms_of(p, of->terms, r), got - of->exact, of->exact, of->scale,
                 b.unit, b.fixed);
}

double judge_bound (DLDataType type, double exact, double scale, int64_t terms) {
  const contract none = { 0 };
  const profile p = profile_of(type, 0, &none);
  const reach nothing = { 0 };
  const sum s = { exact, scale, terms_counted(&p, terms), .parts = 1 };
  return bound_of(&p, &s, &nothing).total;
}

/* A factor that is rounded may become infinite. */
static bool factor_overflows (const profile *p, const reach *r) {
  const double factor = fmax(r->factor[0].largest, r->factor[1].largest);
  return p->operand > 0 && factor * (1 + p->operand) >= p->largest_result;
}

bool may_overflow (const profile *p, const sum *of, const reach *r) {
  const int64_t terms = terms_of(p, of->terms, r);
  const double s = scale_from_reach(terms, r);
  const double direct = of->scale <= DBL_MAX ? of->scale * (p->paired ? 2 : 1) : s; /* JUDGE-9 */
  const double largest = of->parts == 1 ? p->largest : p->largest_result;
  if (direct * (1 + growth_of(p, terms)) * SLACK >= largest || factor_overflows(p, r))
    return true;
  const double factor = fmax(r->factor[0].largest, r->factor[1].largest);
  if (p->paired && factor >= p->largest)
    return true;
  return p->transforms && AMPLIFICATION * fmax(s, factor) >= p->largest;
}

/* ---- numbers against NaN and infinities */

/* A NaN for a number or an infinity. An infinity times a subnormal that is flushed, or that
   loses its bits to a contract, is one. */
static bool nan_is_free (const profile *p, const nonfinite_element *z, bool overflow) {
  if (z->padding || overflow)
    return true;
  if ((p->flushes || p->factor > 0) && isinf(z->want) && any_subnormal(z->reach))
    return any_nonfinite(z->reach);
  return p->transforms && any_nonfinite(z->reach);
}

/* Whether the sum may have been rounded to an infinity, or to what stands for it. */
static bool rounds_to_infinity (const profile *p, const nonfinite_element *z) {
  const double threshold = p->largest_result + ldexp(1, p->type->max_exponent - p->type->precision);
  return isfinite(z->sum.exact)
         && fabs(z->sum.exact) + bound_of(p, &z->sum, z->reach).sum >= threshold;
}

/* An infinity for a finite number. */
static bool is_rounded_to_infinity (const profile *p, const nonfinite_element *z) {
  return (z->sum.exact < 0) == (z->got < 0) && rounds_to_infinity(p, z);
}

/* The largest number for a finite sum that is too large. */
static bool saturated (const profile *p, const nonfinite_element *z) {
  const double exact = z->sum.exact;
  return p->saturates && isfinite(exact) && fabs(exact) > p->largest_result
         && z->got == copysign(p->largest_result, exact);
}

/* A finite number for a sum that is too large for the type. */
static bool is_nearly_infinite (const profile *p, const nonfinite_element *z) {
  if (saturated(p, z))
    return true;
  if (isfinite(z->sum.exact))
    return fabs(z->got - z->sum.exact) <= bound_of(p, &z->sum, z->reach).total;
  const double n = (double) z->sum.terms;
  return (z->got < 0) == (z->want < 0)
         && fabs(z->got) >= DBL_MAX * (1 - n * growth_of(p, z->sum.terms) * SLACK);
}

/* Where NaN stands for what is too large: a NaN for a number, or a number for that NaN. */
static bool class_is_free_without_infinities (const profile *p, const nonfinite_element *z) {
  if (!isnan(z->got))
    return isfinite(z->sum.exact) && is_nearly_infinite(p, z);
  return rounds_to_infinity(p, z) || nan_is_free(p, z, may_overflow(p, &z->sum, z->reach));
}

bool class_is_free (const profile *p, const nonfinite_element *z) {
  if (z->spoiled && !isfinite(z->got))
    return true;
  if (!p->type->infinities)
    return class_is_free_without_infinities(p, z);
  if (isnan(z->want))
    return false;
  const bool overflow = may_overflow(p, &z->sum, z->reach);
  if (isnan(z->got))
    return nan_is_free(p, z, overflow);
  if (p->transforms && any_nonfinite(z->reach) && isinf(z->got))
    return true;
  /* An infinite sum is made by infinite data, unless it is float64's own overflow. */
  if (isinf(z->sum.exact) && !(overflow && p->type->precision > 24))
    return false;
  return isinf(z->got) ? overflow || is_rounded_to_infinity(p, z) : is_nearly_infinite(p, z);
}
