/* round.c: see round.h. A format is its precision and the exponents of its normal numbers. */

#include "round.h"

#include <math.h>
#include <string.h>

static const struct {
  const char *name;
  int precision, least, most; /* 2^least is the smallest normal number, 2^(most + 1) is too large */
} formats[FORMATS] = { [FLOAT32] = { "float32", 24, -126, 127 },
                       [FLOAT64] = { "float64", 53, -1022, 1023 },
                       [FLOAT16] = { "float16", 11, -14, 15 },
                       [BFLOAT16] = { "bfloat16", 8, -126, 127 },
                       [TF32] = { "tf32", 11, -126, 127 } };

format format_named (const char *name) {
  int f = 0;
  while (f < FORMATS && strcmp(formats[f].name, name))
    f++;
  return (format) f;
}

int format_precision (format f) {
  return formats[f].precision;
}

double add_sticky (double a, double b) {
  const double sum = a + b, part = sum - a, rest = (a - (sum - part)) + (b - part);
  uint64_t bits;
  memcpy(&bits, &sum, sizeof bits);
  if (rest == 0 || !isfinite(sum) || bits & 1)
    return sum;
  /* the rest lies beyond the last bit: of the two neighbours of the exact sum, the odd one */
  bits += (rest > 0) == (sum > 0) ? 1 : (uint64_t) -1;
  double odd;
  memcpy(&odd, &bits, sizeof odd);
  return odd;
}

rounding rounding_named (const char *name) {
  static const char *const names[ROUNDINGS] = {
    [TO_EVEN] = "to even", [TIES_AWAY] = "ties away", [TOWARD_ZERO] = "toward zero"
  };
  int how = 0;
  while (how < ROUNDINGS && strcmp(names[how], name))
    how++;
  return (rounding) how;
}

static double whole_number (rounding how, double v) {
  return how == TO_EVEN ? rint(v) : how == TIES_AWAY ? round(v) : trunc(v);
}

double round_to (format f, rounding how, double v) {
  if (f == FLOAT64 || v == 0 || !isfinite(v))
    return v;
  if (f == FLOAT32 && how == TO_EVEN)
    return (double) (float) v;
  const int e = ilogb(v) < formats[f].least ? formats[f].least : ilogb(v);
  const double place = ldexp(1, e - formats[f].precision + 1);
  const double r = whole_number(how, v / place) * place;
  if (fabs(r) < ldexp(1, formats[f].most) * 2)
    return r;
  return copysign(INFINITY, v);
}

double round_bits (int bits, double v) {
  if (v == 0 || !isfinite(v))
    return v;
  const double place = ldexp(1, ilogb(v) - bits + 1);
  return rint(v / place) * place;
}

double sum_aligned (int n, const double *term, int64_t apart, int bits) {
  int most = -5000;
  double sum = 0;
  for (int i = 0; i < n; i++)
    if (term[i * apart] != 0 && isfinite(term[i * apart]) && ilogb(term[i * apart]) > most)
      most = ilogb(term[i * apart]);
  const double place = most < -1000 ? 0 : ldexp(1, most - bits + 1);
  for (int i = 0; i < n; i++)
    sum += place > 0 && isfinite(term[i * apart]) ? trunc(term[i * apart] / place) * place
                                                  : term[i * apart];
  return sum;
}
