/* values.c: answers worked out by hand. */

#include "conv2d_oracle.h"
#include "../tap.h"
#include <math.h>
#include <string.h>

static const DLDataType float32 = { kDLFloat, 32, 1 };

/* A convolution of one image of one channel by one kernel. */
static conv2d_params small (int64_t rows, int64_t columns) {
  return (conv2d_params){ .in_channels = 1,
                          .out_channels = 1,
                          .kernel_size = { rows, columns },
                          .stride = { 1, 1 },
                          .dilation = { 1, 1 },
                          .groups = 1,
                          .dtype = float32,
                          .device = { kDLCPU, 0 } };
}

static DLTensor tensor (void *data, DLDataType t, int32_t ndim, int64_t *shape) {
  return (
      DLTensor){ .data = data, .device = { kDLCPU, 0 }, .ndim = ndim, .dtype = t, .shape = shape };
}

/* Convolves an image of float32; the fast path and the definition must say the same. */
static bool convolves (const conv2d_params *p, float *image, int64_t h, int64_t w, float *kernel,
                       const float *want, int64_t oh, int64_t ow) {
  int64_t in[] = { 1, h, w }, k[] = { 1, 1, p->kernel_size[0], p->kernel_size[1] };
  int64_t out[] = { 1, oh, ow };
  float got[200], defined[200];
  size_t bytes = (size_t) (oh * ow) * sizeof got[0];
  DLTensor x = tensor(image, float32, 3, in), weight = tensor(kernel, float32, 4, k);
  DLTensor y = tensor(got, float32, 3, out), z = tensor(defined, float32, 3, out);

  return conv2d_oracle_forward(p, &x, &weight, NULL, &y, NULL, NULL) == CONV2D_OK
         && conv2d_oracle_forward_definition(p, &x, &weight, NULL, &z, NULL, NULL) == CONV2D_OK
         && memcmp(got, want, bytes) == 0 && memcmp(defined, want, bytes) == 0;
}

static void count_up (float *x, int n) {
  for (int i = 0; i < n; i++)
    x[i] = (float) i;
}

static void geometry (void) {
  float x[49], one[] = { 1, 2, 3 }, ten[] = { 1, 10 };
  conv2d_params p = small(1, 3);

  count_up(x, 49);
  ok(convolves(&p, x + 1, 1, 5, one, (float[]){ 14, 20, 26 }, 1, 3), "the kernel is not flipped");
  p.stride[1] = 2;
  ok(convolves(&p, x, 1, 6, one, (float[]){ 8, 20 }, 1, 2), "stride leaves the last column over");
  p = small(1, 3);
  p.dilation[1] = 2;
  ok(convolves(&p, x, 1, 6, one, (float[]){ 16, 22 }, 1, 2), "dilation");
  p = small(2, 1);
  p.padding[0] = 1;
  ok(convolves(&p, x + 1, 2, 2, ten, (float[]){ 10, 20, 31, 42, 3, 4 }, 3, 2),
     "rows are padded, columns are not");
  p = small(1, 2);
  p.padding_kind = CONV2D_PADDING_SAME;
  ok(convolves(&p, x + 1, 1, 3, ten, (float[]){ 21, 32, 3 }, 1, 3),
     "'same' of an even kernel pads at the right");
  p.dilation[1] = 2;
  ok(convolves(&p, x + 1, 1, 3, ten, (float[]){ 20, 31, 2 }, 1, 3), "'same' of dilation 2");
  p = small(1, 1);
  p.padding[0] = p.padding[1] = 1;
  p.stride[0] = p.stride[1] = 2;
  ok(convolves(&p, x + 5, 1, 1, one, (float[]){ 0, 0, 0, 0 }, 2, 2), "windows of padding alone");
}

/* The four fills of a 5x5, padded by 3: rows 0, 3 and 10 of 11, by a kernel of one. */
static void fills (void) {
  static const float want[4][3][11] = {
    { { 0 }, { 0, 0, 0, 0, 1, 2, 3, 4 }, { 0 } },
    { { 18, 17, 16, 15, 16, 17, 18, 19, 18, 17, 16 },
      { 3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1 },
      { 8, 7, 6, 5, 6, 7, 8, 9, 8, 7, 6 } },
    { { 0, 0, 0, 0, 1, 2, 3, 4, 4, 4, 4 },
      { 0, 0, 0, 0, 1, 2, 3, 4, 4, 4, 4 },
      { 20, 20, 20, 20, 21, 22, 23, 24, 24, 24, 24 } },
    { { 12, 13, 14, 10, 11, 12, 13, 14, 10, 11, 12 },
      { 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2 },
      { 12, 13, 14, 10, 11, 12, 13, 14, 10, 11, 12 } },
  };
  static const char *const name[] = { "zeros", "reflect", "replicate", "circular" };
  int64_t in[] = { 1, 5, 5 }, k[] = { 1, 1, 1, 1 }, out[] = { 1, 11, 11 };
  float x[25], one = 1, y[121];
  DLTensor input = tensor(x, float32, 3, in), weight = tensor(&one, float32, 4, k);
  DLTensor output = tensor(y, float32, 3, out);

  count_up(x, 25);
  for (int mode = 0; mode < 4; mode++) {
    conv2d_params p = small(1, 1);
    p.padding[0] = p.padding[1] = 3;
    p.padding_mode = mode;
    bool right = conv2d_oracle_forward(&p, &input, &weight, NULL, &output, NULL, NULL) == CONV2D_OK;
    for (int i = 0; i < 3; i++)
      right &= memcmp(y + 11 * (int[]){ 0, 3, 10 }[i], want[mode][i], sizeof want[mode][i]) == 0;
    ok(right, "%s fills 3 around a 5x5", name[mode]);
  }
}

static void rounding (void) {
  conv2d_params p = small(1, 3);
  float kernel[] = { 1, 1, 1 };

  ok(convolves(&p, (float[]){ 1, 0x1p-24f, 0x1p-80f }, 1, 3, kernel, (float[]){ 0x1.000002p0f }, 1,
               1),
     "what is just above a tie is rounded up");
  ok(convolves(&p, (float[]){ 1, 0x1p-24f, 0 }, 1, 3, kernel, (float[]){ 1 }, 1, 1),
     "a tie goes to even");
  ok(convolves(&p, (float[]){ 1, 0x1p-24f, -0x1p-80f }, 1, 3, kernel, (float[]){ 1 }, 1, 1),
     "what is just below a tie is rounded down");
  ok(convolves(&p, (float[]){ 0x1p100f, 1, -0x1p100f }, 1, 3, kernel, (float[]){ 1 }, 1, 1),
     "nothing is lost to a larger number");
  ok(convolves(&p, (float[]){ 0x1p127f, 0x1p127f, -0x1p127f }, 1, 3, kernel, (float[]){ 0x1p127f },
               1, 1),
     "an intermediate sum does not overflow");
  ok(convolves(&p, (float[]){ 0x1.fffffep127f, 0x1p103f, 0 }, 1, 3, kernel, (float[]){ INFINITY },
               1, 1),
     "half a unit above the largest number is infinity");
  ok(convolves(&p, (float[]){ 0x1p-149f, 0x1p-149f, 0 }, 1, 3, kernel, (float[]){ 0x1p-148f }, 1,
               1),
     "subnormals are kept");
  ok(convolves(&p, (float[]){ -0.0f, -0.0f, -0.0f }, 1, 3, kernel, (float[]){ 0 }, 1, 1),
     "an exact zero is +0");
  kernel[0] = -0x1p-126f;
  ok(convolves(&p, (float[]){ 0x1p-24f, 0, 0 }, 1, 3, kernel, (float[]){ -0.0f }, 1, 1),
     "an underflow to zero keeps its sign");
  /* 2^52 + 2^28 + 0.5 in three terms: doubles lose the half, and then it is a tie */
  ok(convolves(&p, (float[]){ -0x1.000002p22f, 0x1p22f, 0x1p22f }, 1, 3,
               (float[]){ -1, 0x1p30f, 63 }, (float[]){ 0x1.000002p52f }, 1, 1),
     "a half beside integers is not taken for one");
}

static void specials (void) {
  conv2d_params p = small(1, 2);
  int64_t in[] = { 1, 1, 2 }, k[] = { 1, 1, 1, 2 }, out[] = { 1, 1, 3 };
  float x[] = { INFINITY, 0 }, w[] = { 0, 1 }, y[3];
  unsigned char flags[3];
  DLTensor input = tensor(x, float32, 3, in), weight = tensor(w, float32, 4, k);
  DLTensor output = tensor(y, float32, 3, out);
  conv2d_detail detail = { .flags = flags };

  p.padding[1] = 1;
  conv2d_oracle_forward(&p, &input, &weight, NULL, &output, &detail, NULL);
  ok(y[0] == INFINITY && isnan(y[1]) && y[2] == 0, "an infinity times 0 is NaN, times 1 infinite");
  ok(!flags[0] && !flags[1] && !flags[2], "nothing is open");
  x[0] = 2;
  w[0] = NAN;
  conv2d_oracle_forward(&p, &input, &weight, NULL, &output, &detail, NULL);
  ok(y[0] == 2 && isnan(y[1]) && isnan(y[2]), "padding skips a NaN of the weight");
  ok(flags[0] == CONV2D_PADDING_TIMES_NONFINITE && !flags[1] && !flags[2],
     "and says that it is open there");
}

static void integers (void) {
  static const struct {
    DLDataType type;
    int64_t a, b, want;
  } rows[] = {
    { { kDLInt, 8, 1 }, 100, 2, -56 },
    { { kDLUInt, 8, 1 }, 200, 2, 144 },
    { { kDLInt, 16, 1 }, 300, 300, 24464 },
    { { kDLInt, 32, 1 }, 65536, 65536, 0 },
    { { kDLInt, 64, 1 }, (INT64_C(1) << 53) + 1, 1, (INT64_C(1) << 53) + 1 },
    { { kDLInt, 64, 1 }, INT64_MIN, -1, INT64_MIN },
  };
  int64_t shape[] = { 1, 1, 1, 1 };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    int64_t a = rows[i].a, b = rows[i].b, got = 0, defined = 0, want = rows[i].want;
    conv2d_params p = small(1, 1);
    p.dtype = rows[i].type;
    DLTensor x = tensor(&a, p.dtype, 4, shape), w = tensor(&b, p.dtype, 4, shape);
    DLTensor y = tensor(&got, p.dtype, 4, shape), z = tensor(&defined, p.dtype, 4, shape);
    conv2d_oracle_forward(&p, &x, &w, NULL, &y, NULL, NULL);
    conv2d_oracle_forward_definition(&p, &x, &w, NULL, &z, NULL, NULL);
    ok(memcmp(&got, &want, p.dtype.bits / 8) == 0 && got == defined, "%d bits wrap: %lld",
       p.dtype.bits, (long long) want);
  }
}

static void details (void) {
  conv2d_params p = small(1, 3);
  int64_t in[] = { 1, 1, 2 }, k[] = { 1, 1, 1, 3 }, one[] = { 1 }, out[] = { 1, 1, 2 };
  float x[] = { 3, -4 }, w[] = { 5, 1, 2 }, b[] = { -6 }, y[2];
  double exact[2], scale[2];
  int64_t terms[2];
  DLTensor input = tensor(x, float32, 3, in), weight = tensor(w, float32, 4, k);
  DLTensor bias = tensor(b, float32, 1, one), output = tensor(y, float32, 3, out);
  conv2d_detail detail = { exact, scale, terms, NULL };

  p.padding[1] = 1;
  p.bias = 1;
  conv2d_oracle_forward(&p, &input, &weight, &bias, &output, &detail, NULL);
  ok(y[0] == -11 && y[1] == 5, "3 - 8 - 6 and 15 - 4 - 6");
  ok(exact[0] == -11 && exact[1] == 5, "exact");
  ok(scale[0] == 17 && scale[1] == 25, "scale is 3 + 8 + 6 and 15 + 4 + 6");
  ok(terms[0] == 3 && terms[1] == 3, "terms count the taps inside, and the bias");
}

/* How often each of 4x4 elements is read, by a kernel of one: all gradients are 1. */
static void backward (void) {
  static const float corner[] = { 1, 1, 9, 4 }, edge[] = { 1, 3, 3, 4 }, inside[] = { 1, 9, 1, 4 };
  static const float count[] = { 16, 64, 64, 64 };
  int64_t in[] = { 1, 1, 4, 4 }, k[] = { 1, 1, 1, 1 }, out[] = { 1, 1, 8, 8 }, one[] = { 1 };
  float x[16], w = 1, y[64], gx[16], gw, gb;
  DLTensor input = tensor(x, float32, 4, in), weight = tensor(&w, float32, 4, k);
  DLTensor grad_output = tensor(y, float32, 4, out), grad_input = tensor(gx, float32, 4, in);
  DLTensor grad_weight = tensor(&gw, float32, 4, k), grad_bias = tensor(&gb, float32, 1, one);

  for (int i = 0; i < 64; i++)
    y[i] = x[i % 16] = 1;
  for (int mode = 0; mode < 4; mode++) {
    conv2d_params p = small(1, 1);
    p.padding[0] = p.padding[1] = 2;
    p.padding_mode = mode;
    p.bias = 1;
    conv2d_oracle_backward(&p, &input, &weight, &grad_output, &grad_input, &grad_weight, &grad_bias,
                           NULL, NULL);
    ok(gx[0] == corner[mode] && gx[1] == edge[mode] && gx[5] == inside[mode],
       "mode %d: a corner is read %g times, an edge %g, the middle %g", mode, corner[mode],
       edge[mode], inside[mode]);
    ok(gw == count[mode] && gb == 64, "mode %d: the weight reads %g elements", mode, count[mode]);
  }
}

static void empty (void) {
  conv2d_params p = small(1, 1);
  int64_t in[] = { 0, 1, 2, 2 }, k[] = { 1, 1, 1, 1 }, one[] = { 1 };
  float w = 1, gw = 7, gb = 7;
  DLTensor none = tensor(NULL, float32, 4, in), weight = tensor(&w, float32, 4, k);
  DLTensor grad_weight = tensor(&gw, float32, 4, k), grad_bias = tensor(&gb, float32, 1, one);
  DLTensor output = none;

  ok(conv2d_oracle_forward(&p, &none, &weight, NULL, &output, NULL, NULL) == CONV2D_OK,
     "an empty batch");
  int32_t status = conv2d_oracle_backward(&p, &none, &weight, &output, &output, &grad_weight,
                                          &grad_bias, NULL, NULL);
  ok(status == CONV2D_OK && gw == 0 && gb == 0, "its gradients are zeros");
}

/* SHAPE-10: no input channels, no output channels. */
static void no_channels (void) {
  conv2d_params p = small(1, 1);
  int64_t in[] = { 1, 0, 2, 2 }, k[] = { 1, 0, 1, 1 }, one[] = { 1 };
  float gb = 7;
  DLTensor none = tensor(NULL, float32, 4, in), weight = tensor(NULL, float32, 4, k);
  DLTensor grad_bias = tensor(&gb, float32, 1, one), output = none;
  const char *clause = NULL;

  p.in_channels = 0;
  ok(conv2d_oracle_forward(&p, &none, &weight, NULL, &output, NULL, &clause) == CONV2D_OK
         && clause != NULL && strcmp(clause, "SHAPE-10") == 0,
     "no channels: a quirk");
  int32_t status =
      conv2d_oracle_backward(&p, &none, &weight, &output, &output, &weight, &grad_bias, NULL, NULL);
  ok(status == CONV2D_OK && gb == 0, "nothing depends on the bias then");
}

/* One number seen 2^60 times, and a few of these by windows: the definition needs no room. */
static void few_products (void) {
  conv2d_params p = small(1, 1);
  int64_t in[] = { 1, 1 << 30, 1 << 30 }, still[3] = { 0 }, k[] = { 1, 1, 1, 1 };
  int64_t out[] = { 1, 2, 2 };
  float x = 2, w = 3, y[4] = { 0 };
  DLTensor input = tensor(&x, float32, 3, in), weight = tensor(&w, float32, 4, k);
  DLTensor output = tensor(y, float32, 3, out);

  input.strides = still;
  p.stride[0] = p.stride[1] = 1 << 29;
  ok(conv2d_oracle_forward(&p, &input, &weight, NULL, &output, NULL, NULL) == CONV2D_OK && y[0] == 6
         && y[3] == 6,
     "few products of a vast input");
  ok(conv2d_oracle_forward_definition(&p, &input, &weight, NULL, &output, NULL, NULL) == CONV2D_OK
         && y[0] == 6 && y[3] == 6,
     "... and the definition says so");
}

/* One window of 2^40 products: valid, but the fast path has no room for it. */
static void no_memory (void) {
  conv2d_params p = small(1, 1);
  int64_t in[] = { 1, 1 << 20, 1 << 20 }, still[4] = { 0 }, k[] = { 1, 1, 1 << 20, 1 << 20 };
  int64_t out[] = { 1, 1, 1 };
  float x = 2, w = 3, y = 0;
  DLTensor input = tensor(&x, float32, 3, in), weight = tensor(&w, float32, 4, k);
  DLTensor output = tensor(&y, float32, 3, out);

  input.strides = weight.strides = still;
  p.kernel_size[0] = p.kernel_size[1] = 1 << 20;
  ok(conv2d_oracle_forward(&p, &input, &weight, NULL, &output, NULL, NULL) == CONV2D_FAILED
         && y == 0,
     "out of memory");
}

int main (void) {
  geometry();
  fills();
  rounding();
  specials();
  integers();
  details();
  backward();
  empty();
  no_channels();
  few_products();
  no_memory();
  return done_testing();
}
