/* initialisation.c: mutants that draw fresh parameters from another distribution. */

#include "engine.h"

static double kernel_area (const conv2d_params *p) {
  return (double) p->kernel_size[0] * (double) p->kernel_size[1];
}

/* 1 / sqrt (x), 0 for 0. */
static double inverse_root (double x) {
  return x > 0 ? 1 / sqrt(x) : 0;
}

static double group_in (const conv2d_params *p) {
  int64_t channels = p->in_channels / p->groups;
  return (double) channels;
}

static double fan_out (const conv2d_params *p) {
  int64_t channels = p->out_channels / p->groups;
  return (double) channels * kernel_area(p);
}

static double without_groups (const conv2d_params *p) {
  return inverse_root((double) p->in_channels * kernel_area(p));
}

static double kaiming (const conv2d_params *p) {
  return sqrt(6) * inverse_root(fan_in(p));
}

static double by_outputs (const conv2d_params *p) {
  return inverse_root(fan_out(p));
}

static double xavier (const conv2d_params *p) {
  return sqrt(6) * inverse_root(fan_in(p) + fan_out(p));
}

static double without_kernel (const conv2d_params *p) {
  return inverse_root(group_in(p));
}

static double height_twice (const conv2d_params *p) {
  double height = (double) p->kernel_size[0];
  return inverse_root(group_in(p) * height * height);
}

static double root_forgotten (const conv2d_params *p) {
  return fan_in(p) > 0 ? 1 / fan_in(p) : 0;
}

static double slightly_wider (const conv2d_params *p) {
  return 1.01 * inverse_root(fan_in(p));
}

static double a_constant (const conv2d_params *p) {
  (void) p;
  return 0.05;
}

/* ---- the draw */

static double bias_zero (double unit, double bound, int64_t i, bool is_bias) {
  (void) i;
  return is_bias ? 0 : unit * bound;
}

static double bias_wider (double unit, double bound, int64_t i, bool is_bias) {
  (void) i;
  return is_bias ? unit : unit * bound;
}

static double not_negative (double unit, double bound, int64_t i, bool is_bias) {
  (void) i, (void) is_bias;
  return fabs(unit) * bound;
}

static double signs_only (double unit, double bound, int64_t i, bool is_bias) {
  (void) i, (void) is_bias;
  return unit < 0 ? -bound : bound;
}

/* A draw that is denser in the middle, of the same bounds. */
static double triangular (double unit, double bound, int64_t i, bool is_bias) {
  (void) i, (void) is_bias;
  double from_edge = 1 - sqrt(1 - fabs(unit));
  return copysign(from_edge, unit) * bound;
}

/* Of the uniform distribution's variance, by Tukey's approximation of the normal quantile. */
static double normal (double unit, double bound, int64_t i, bool is_bias) {
  (void) i, (void) is_bias;
  double p = (unit + 1) / 2;
  return 4.91 * (pow(p, 0.14) - pow(1 - p, 0.14)) * bound / sqrt(3);
}

static double of_16_values (double unit, double bound, int64_t i, bool is_bias) {
  (void) i, (void) is_bias;
  return (floor(unit * 8) + 0.5) / 8 * bound;
}

static double second_half_zero (double unit, double bound, int64_t i, bool is_bias) {
  (void) is_bias;
  return i % 2 == 1 ? 0 : unit * bound;
}

static double constant_draw (double unit, double bound, int64_t i, bool is_bias) {
  (void) unit, (void) i, (void) is_bias;
  return bound / 2;
}

static double shifted (double unit, double bound, int64_t i, bool is_bias) {
  (void) i, (void) is_bias;
  return (unit * 0.9 + 0.1) * bound;
}

/* The generator starts anew for the bias. */
static double bias_repeats_weight (double unit, double bound, int64_t i, bool is_bias) {
  static double drawn[4096];
  if (i >= 4096)
    return unit * bound;
  if (!is_bias)
    drawn[i] = unit;
  return drawn[i] * bound;
}

/* ---- the seed */

static uint64_t seed_ignored (uint64_t seed) {
  (void) seed;
  return 42;
}

static uint64_t seed_forgotten (uint64_t seed) {
  static uint64_t calls;
  return seed + ++calls;
}

static uint64_t seed_in_4_bits (uint64_t seed) {
  return seed & 15;
}

const mutant initialisation_mutants[] = {
  { "init-without-groups", "the bound counts the channels of all groups", .bound = without_groups },
  { "init-kaiming", "the bound is sqrt (6 / fan_in)", .bound = kaiming },
  { "init-fan-out", "the bound counts output channels", .bound = by_outputs },
  { "init-xavier", "the bound is Glorot's", .bound = xavier },
  { "init-without-kernel", "the bound counts channels only", .bound = without_kernel },
  { "init-height-twice", "the bound squares the kernel's height", .bound = height_twice },
  { "init-root-forgotten", "the bound is 1 / fan_in", .bound = root_forgotten },
  { "init-slightly-wider", "the bound is wider by a hundredth", .bound = slightly_wider },
  { "init-constant-bound", "the bound is 0.05 for every layer", .bound = a_constant },
  { "init-bias-zero", "the bias is zero", .draw = bias_zero },
  { "init-bias-wider", "the bias is drawn from [-1, 1]", .draw = bias_wider },
  { "init-bias-repeats-weight", "the bias has the weight's first values",
    .draw = bias_repeats_weight },
  { "init-not-negative", "nothing is negative", .draw = not_negative },
  { "init-signs-only", "every value is one of the bounds", .draw = signs_only },
  { "init-triangular", "values near zero are likelier", .draw = triangular },
  { "init-normal", "values are normal with the right variance", .draw = normal },
  { "init-of-16-values", "there are 16 values only", .draw = of_16_values },
  { "init-half-zero", "every other value is zero", .draw = second_half_zero },
  { "init-constant", "all values are equal", .draw = constant_draw },
  { "init-shifted", "the mean is not zero", .draw = shifted },
  { "init-seed-ignored", "every seed gives the same", .seed = seed_ignored },
  { "init-seed-forgotten", "the same seed gives others the next time", .seed = seed_forgotten },
  { "init-seed-in-4-bits", "only the last four bits of the seed count", .seed = seed_in_4_bits },
  { .name = NULL }
};
