/* rejections.c: each rule of validity, its limits, and which of two broken rules is reported. */

#include "conv2d_oracle.h"
#include "../tap.h"
#include <stddef.h>
#include <string.h>

static const DLDataType float32 = { kDLFloat, 32, 1 }, float64 = { kDLFloat, 64, 1 },
                        int8 = { kDLInt, 8, 1 };

/* A tensor without data: only its shape and dtype are checked. */
typedef struct shape {
  int32_t ndim;
  int64_t dim[6];
  DLDataType dtype;
} shape;

/* A call: 2 channels of 8x9 to 4, kernel 3x5. weight, bias, output: as implied if ndim is -1. */
typedef struct question {
  conv2d_params p;
  shape input, weight, bias, output;
} question;

static question ordinary (void) {
  question q = { { .in_channels = 2,
                   .out_channels = 4,
                   .kernel_size = { 3, 5 },
                   .stride = { 1, 1 },
                   .dilation = { 1, 1 },
                   .groups = 1,
                   .bias = 1,
                   .dtype = float32,
                   .device = { kDLCPU, 0 } },
                 { 4, { 1, 2, 8, 9 }, float32 },
                 { .ndim = -1 },
                 { .ndim = -1 },
                 { .ndim = -1 } };
  return q;
}

static question in_mode (int32_t mode, int64_t rows, int64_t columns) {
  question q = ordinary();
  q.p.padding_mode = mode;
  q.p.padding[0] = rows;
  q.p.padding[1] = columns;
  return q;
}

static DLTensor *tensor (shape *s, DLTensor *t) {
  *t = (DLTensor){ .device = { kDLCPU, 0 }, .ndim = s->ndim, .dtype = s->dtype, .shape = s->dim };
  return s->ndim < 0 ? NULL : t;
}

/* The answer to a question: its clause, and whether it is valid. */
static const char *ask (question *q, int32_t *status, int32_t *ndim, int64_t dim[4]) {
  DLTensor t[4];
  const char *clause = "unset";

  *status =
      conv2d_oracle_check(&q->p, tensor(&q->input, &t[0]), tensor(&q->weight, &t[1]),
                          tensor(&q->bias, &t[2]), tensor(&q->output, &t[3]), ndim, dim, &clause);
  return clause;
}

static void rejects (const char *clause, const char *what, question q) {
  int64_t dim[4];
  int32_t status, ndim;
  const char *got = ask(&q, &status, &ndim, dim);
  bool right = status == CONV2D_INVALID && got != NULL && strcmp(got, clause) == 0;

  if (!ok(right, "%s: %s", clause, what))
    printf("# status %d, clause %s\n", status, got != NULL ? got : "none");
}

/* rows 0: whatever they are */
static void accepts (const char *quirk, const char *what, question q, int64_t rows,
                     int64_t columns) {
  int64_t dim[4] = { 0 };
  int32_t status, ndim = 0;
  const char *got = ask(&q, &status, &ndim, dim);
  bool right = status == CONV2D_OK && (quirk == NULL ? got == NULL : got && !strcmp(got, quirk))
               && ndim == q.input.ndim
               && (rows == 0 || (dim[ndim - 2] == rows && dim[ndim - 1] == columns));

  if (!ok(right, "valid: %s", what))
    printf("# status %d, clause %s, %lld x %lld\n", status, got != NULL ? got : "none",
           (long long) dim[ndim - 2], (long long) dim[ndim - 1]);
}

static void parameters (void) {
  question q = ordinary();
  accepts(NULL, "an ordinary call", q, 6, 5);
  q.p.groups = 0;
  rejects("VALID-1", "groups 0", q);
  q.p.groups = -2;
  rejects("VALID-1", "groups -2", q);
  q.p.groups = 4;
  rejects("VALID-2", "2 channels in 4 groups", q);
  q.p.groups = (INT64_C(1) << 32) + 1;
  rejects("VALID-2", "groups 2^32 + 1 is not 1", q);
  q = ordinary();
  q.p.groups = 2;
  q.p.out_channels = 3;
  rejects("VALID-3", "3 output channels in 2 groups", q);
  q = ordinary();
  q.p.padding_kind = 3;
  rejects("VALID-4", "an unknown kind of padding", q);
  q = ordinary();
  q.p.padding_kind = CONV2D_PADDING_SAME;
  accepts(NULL, "'same'", q, 8, 9);
  q.p.stride[1] = 2;
  rejects("VALID-5", "'same' with a stride", q);
  q.p.stride[1] = 0;
  rejects("VALID-5", "'same' with stride 0", q);
  q = ordinary();
  q.p.padding_mode = 4;
  rejects("VALID-6", "an unknown padding mode", q);
  q = ordinary();
  q.p.in_channels = -2;
  rejects("VALID-7", "negative in_channels", q);
  q = ordinary();
  q.p.kernel_size[1] = -1;
  rejects("VALID-7", "a negative kernel", q);
  q = ordinary();
  q.p.dtype.bits = 24;
  rejects("DTYPE-1", "a float of 24 bits", q);
  q = ordinary();
  q.p.dtype.lanes = 2;
  rejects("DTYPE-1", "two lanes", q);
}

static void scalars (void) {
  question q = ordinary();
  q.p.stride[0] = 0;
  rejects("VALID-8", "stride 0", q);
  q.p.stride[0] = -1;
  rejects("VALID-8", "stride -1", q);
  q = ordinary();
  q.p.dilation[1] = 0;
  rejects("VALID-9", "dilation 0", q);
  q.input.dim[0] = 0;
  rejects("VALID-14", "dilation 0 on an empty batch", q);
  q = ordinary();
  q.p.kernel_size[0] = q.p.kernel_size[1] = 1;
  q.p.dilation[0] = 0;
  rejects("VALID-9", "dilation 0 of a single tap", q);
  q = ordinary();
  q.p.out_channels = 0;
  rejects("VALID-10", "no output channels", q);
  q = ordinary();
  q.p.kernel_size[0] = 0;
  rejects("VALID-11", "a kernel without rows", q);
  q = ordinary();
  q.p.padding[1] = -1;
  rejects("PAD-5", "negative padding with zeros", q);
  q = ordinary();
  q.p.padding_kind = CONV2D_PADDING_SAME;
  q.p.kernel_size[0] = 0;
  rejects("PAD-5", "'same' of a kernel without rows", q);
  q = ordinary();
  q.p.padding_kind = CONV2D_PADDING_SAME;
  q.p.dilation[0] = -1;
  rejects("PAD-5", "'same' of negative dilation", q);
}

static void shapes (void) {
  question q = ordinary();
  q.input = (shape){ 2, { 8, 9 }, float32 };
  rejects("SHAPE-2", "an input of 2 axes", q);
  q.input = (shape){ 5, { 1, 1, 2, 8, 9 }, float32 };
  rejects("SHAPE-2", "an input of 5 axes", q);
  q.input = (shape){ 3, { 2, 8, 9 }, float32 };
  accepts(NULL, "no batch", q, 6, 5);
  q.input = (shape){ 4, { 1, 3, 8, 9 }, float32 };
  rejects("SHAPE-4", "3 channels for 2", q);
  q = ordinary();
  q.weight = (shape){ 4, { 4, 2, 5, 3 }, float32 };
  rejects("SHAPE-5", "a transposed weight", q);
  q = ordinary();
  q.bias = (shape){ 1, { 1 }, float32 };
  rejects("SHAPE-6", "a bias of one", q);
  q.bias = (shape){ 2, { 4, 1 }, float32 };
  rejects("SHAPE-6", "a bias of two axes", q);
  q.p.bias = 0;
  accepts(NULL, "a bias that is not used", q, 6, 5);
  q = ordinary();
  q.p.dilation[0] = 4;
  rejects("SHAPE-7", "9 rows of kernel on 8", q);
  q.p.padding[0] = 1;
  accepts(NULL, "9 rows of kernel on 8 + 2", q, 2, 5);
  q = ordinary();
  q.input.dim[2] = 0;
  q.p.padding[0] = 3;
  rejects("SHAPE-8", "no rows, whatever the padding", q);
  q.input.dim[0] = 0;
  accepts(NULL, "no rows of no images", q, 4, 5);
  q = ordinary();
  q.input.dim[0] = 0;
  accepts(NULL, "no images", q, 6, 5);
  q = ordinary();
  q.p.in_channels = q.input.dim[1] = 0;
  accepts("SHAPE-10", "no channels", q, 6, 5);
  q = ordinary();
  q.output = (shape){ 4, { 1, 4, 6, 6 }, float32 };
  rejects("SHAPE-11", "an output that is too wide", q);
  q.output = (shape){ 4, { 1, 4, 6, 5 }, float64 };
  rejects("SHAPE-11", "an output of another dtype", q);
  q = ordinary();
  q.p.stride[0] = 4;
  accepts(NULL, "rows that are left over", q, 2, 5);
}

static void dtypes (void) {
  question q = ordinary();
  q.weight = (shape){ 4, { 4, 2, 3, 5 }, float64 };
  rejects("DTYPE-2", "a weight of another dtype", q);
  q.input.dim[0] = 0;
  rejects("VALID-14", "a weight of another dtype, on an empty batch", q);
  q = ordinary();
  q.bias = (shape){ 1, { 4 }, float64 };
  rejects("DTYPE-3", "a bias of another dtype", q);
  q = ordinary();
  q.p.dtype = q.input.dtype = int8;
  accepts(NULL, "integers", q, 6, 5);
}

static void padding (void) {
  accepts(NULL, "reflect 7 on 8, 8 on 9", in_mode(CONV2D_REFLECT, 7, 8), 20, 21);
  rejects("PAD-7", "reflect 8 on 8", in_mode(CONV2D_REFLECT, 8, 0));
  rejects("PAD-7", "reflect 9 on 9", in_mode(CONV2D_REFLECT, 0, 9));
  accepts(NULL, "circular 8 on 8, 9 on 9", in_mode(CONV2D_CIRCULAR, 8, 9), 22, 23);
  rejects("PAD-11", "circular 9 on 8", in_mode(CONV2D_CIRCULAR, 9, 0));
  accepts(NULL, "replicate 100 on 8", in_mode(CONV2D_REPLICATE, 100, 0), 206, 5);
  accepts("PAD-14", "replicate that crops", in_mode(CONV2D_REPLICATE, -2, 0), 2, 5);
  accepts("PAD-14", "reflect that crops one axis", in_mode(CONV2D_REFLECT, 1, -1), 8, 3);
  rejects("PAD-15", "cropped to nothing", in_mode(CONV2D_CIRCULAR, -4, 0));
  rejects("SHAPE-7", "cropped below the kernel", in_mode(CONV2D_REPLICATE, -3, 0));
  question q = in_mode(CONV2D_REFLECT, 0, 0);
  q.input.dim[1] = q.p.in_channels = 0;
  rejects("PAD-13", "reflect of no channels", q);
  q = in_mode(CONV2D_CIRCULAR, 0, 0);
  q.input.dim[1] = q.p.in_channels = 0;
  accepts("SHAPE-10", "circular of no channels", q, 6, 5);
  q = in_mode(CONV2D_REPLICATE, 0, 0);
  q.input.dim[3] = 0;
  rejects("PAD-13", "replicate of no columns", q);
  q = in_mode(CONV2D_REFLECT, 0, 0);
  q.p.padding_kind = CONV2D_PADDING_SAME;
  q.p.kernel_size[0] = 16;
  rejects("PAD-7", "'same' of 16 on 8: 7 and 8", q);
  q.p.padding_mode = CONV2D_CIRCULAR;
  accepts(NULL, "circular 'same' of 16 on 8", q, 8, 9);
  q.p.kernel_size[0] = 18;
  rejects("PAD-11", "circular 'same' of 18 on 8", q);
}

static void overflow (void) {
  const int64_t huge = INT64_MAX;
  question q = ordinary();
  q.p.padding[0] = huge;
  rejects("VALID-12", "padding 2^63 - 1", q);
  q = ordinary();
  q.p.dilation[0] = INT64_C(1) << 62;
  rejects("VALID-12", "dilation 2^62 of 3 taps", q);
  q.p.kernel_size[0] = 1;
  accepts(NULL, "dilation 2^62 of a single tap", q, 8, 5);
  q = ordinary();
  q.p.stride[0] = huge;
  accepts(NULL, "stride 2^63 - 1", q, 1, 5);
  q = ordinary();
  q.p.padding_kind = CONV2D_PADDING_SAME;
  q.p.dilation[0] = huge;
  rejects("VALID-12", "'same' of dilation 2^63 - 1", q);
  q.p.padding_mode = CONV2D_REFLECT;
  rejects("PAD-7", "reflect 'same' of dilation 2^63 - 1", q);
  q = ordinary();
  q.p.padding[0] = q.p.padding[1] = INT64_C(1) << 31;
  rejects("VALID-12", "an output of 2^66 bytes", q);
  q = ordinary();
  q.p.padding[0] = (INT64_C(1) << 62) - 4;
  rejects("VALID-12", "an output of 2^64 rows", q);
  q.p.padding[0] -= 1;
  q.p.kernel_size[0] = 0;
  q.p.dilation[0] = huge;
  rejects("VALID-12", "an output of 2^64 - 3 rows, by a kernel of none", q);
  q = ordinary();
  q.p.in_channels = q.input.dim[1] = INT64_C(1) << 60;
  rejects("VALID-12", "an input of 2^60 channels", q);
  q = ordinary();
  q.p.out_channels = INT64_C(1) << 58;
  rejects("VALID-12", "a weight of 2^58 channels", q);
  q.input.dim[0] = 0;
  q.p.out_channels = INT64_C(1) << 40;
  accepts(NULL, "no images, whatever the rest", q, 6, 5);
}

static void order (void) {
  question q = ordinary();
  q.p.groups = 0;
  q.p.stride[0] = 0;
  rejects("VALID-1", "groups before stride", q);
  q = ordinary();
  q.p.kernel_size[0] = -1;
  q.input.ndim = 2;
  rejects("VALID-7", "the layer before the input", q);
  q = in_mode(CONV2D_REFLECT, 8, 8);
  q.p.stride[0] = 0;
  rejects("PAD-7", "filling before stride", q);
  q = in_mode(CONV2D_ZEROS, -1, 0);
  q.p.stride[0] = 0;
  rejects("PAD-5", "padding before stride", q);
  q = ordinary();
  q.p.stride[0] = q.p.dilation[0] = 0;
  rejects("VALID-8", "stride before dilation", q);
  q = ordinary();
  q.input.dim[1] = 3;
  q.input.dim[2] = 1;
  rejects("SHAPE-4", "channels before size", q);
  q = ordinary();
  q.bias = (shape){ 1, { 5 }, float64 };
  q.p.stride[0] = 0;
  rejects("DTYPE-3", "the bias's dtype before stride", q);
  q = ordinary();
  q.weight = (shape){ 4, { 4, 2, 3, 5 }, float64 };
  q.p.dilation[0] = 9;
  rejects("SHAPE-7", "size before the weight's dtype", q);
}

/* A clause of backward, and what only a computation looks at. */
static void computations (void) {
  question q = ordinary();
  float data[512] = { 0 };
  DLTensor t[4];
  const char *clause = NULL;
  shape output = { 4, { 1, 4, 6, 5 }, float32 };

  q.weight = (shape){ 4, { 4, 2, 3, 5 }, float32 };
  tensor(&q.input, &t[0])->data = tensor(&q.weight, &t[1])->data = data;
  tensor(&output, &t[2])->data = data;
  int32_t status = conv2d_oracle_forward(&q.p, &t[0], &t[1], NULL, &t[2], NULL, &clause);
  ok(status == CONV2D_INVALID && clause && !strcmp(clause, "SHAPE-6"), "SHAPE-6: no bias");
  t[2].device.device_type = kDLCUDA;
  q.p.bias = 0;
  status = conv2d_oracle_forward(&q.p, &t[0], &t[1], NULL, &t[2], NULL, &clause);
  ok(status == CONV2D_UNSUPPORTED, "unsupported: an output on another device");
  q.p.dtype = (DLDataType){ kDLComplex, 32, 1 };
  status = conv2d_oracle_forward(&q.p, &t[0], &t[1], NULL, &t[2], NULL, &clause);
  ok(status == CONV2D_UNSUPPORTED && !strcmp(clause, "DTYPE-1"),
     "unsupported: complex of half precision");
  q.p.dtype = t[0].dtype = t[1].dtype = t[2].dtype = int8;
  status = conv2d_oracle_backward(&q.p, &t[0], &t[1], &t[2], NULL, NULL, NULL, NULL, &clause);
  ok(status == CONV2D_INVALID && !strcmp(clause, "BACK-6"), "BACK-6: a gradient of integers");
  q.p.dtype = t[0].dtype = t[1].dtype = t[2].dtype = float32;
  status = conv2d_oracle_backward(&q.p, &t[0], &t[1], &t[2], &t[1], NULL, NULL, NULL, &clause);
  ok(status == CONV2D_INVALID && !strcmp(clause, "SHAPE-11"),
     "SHAPE-11: grad_input like the weight");
  q.p.bias = 1;
  t[2].device.device_type = kDLCPU;
  t[1].ndim = -1;
  status = conv2d_oracle_forward(&q.p, &t[0], &t[1], &t[2], &t[2], NULL, &clause);
  ok(status == CONV2D_INVALID && !strcmp(clause, "SHAPE-6"), "SHAPE-6: the output as bias");
  status = conv2d_oracle_forward(&q.p, &t[0], &t[1], NULL, &t[2], NULL, &clause);
  ok(status == CONV2D_INVALID && !strcmp(clause, "SHAPE-5"), "SHAPE-5: a weight without a shape");
  status = conv2d_oracle_forward(&q.p, NULL, &t[1], NULL, &t[2], NULL, &clause);
  ok(status == CONV2D_INVALID && !strcmp(clause, "SHAPE-2"), "SHAPE-2: no input");
}

/* The tensors of a call, each with the shape that the call implies; `input` has one. */
typedef struct tensors {
  shape shape[7];
  DLTensor dl[7];
} tensors;

enum { INPUT, WEIGHT, BIAS, OUTPUT, GRAD_INPUT, GRAD_WEIGHT, GRAD_BIAS };

static conv2d_call call_of (const question *q, uint32_t direction, tensors *t) {
  for (int i = INPUT; i <= GRAD_BIAS; i++) {
    t->shape[i] = (shape){ .ndim = -1, .dtype = q->p.dtype };
    if (i == INPUT)
      t->shape[i] = q->input;
    tensor(&t->shape[i], &t->dl[i]);
  }
  return (conv2d_call){ .size = sizeof(conv2d_call),
                        .direction = direction,
                        .params = &q->p,
                        .input = &t->dl[INPUT],
                        .weight = &t->dl[WEIGHT],
                        .bias = &t->dl[BIAS],
                        .output = &t->dl[OUTPUT],
                        .grad_input = &t->dl[GRAD_INPUT],
                        .grad_weight = &t->dl[GRAD_WEIGHT],
                        .grad_bias = &t->dl[GRAD_BIAS] };
}

/* clause NULL: none is broken, nor a quirk relied on */
static void answers (int32_t want, const char *clause, const char *what, const conv2d_call *c) {
  int32_t ndim = 77, status;
  int64_t dim[4];
  const char *got = "unset";

  status = conv2d_oracle_check_call(c, &ndim, dim, &got);
  bool same = clause == NULL ? got == NULL : got != NULL && strcmp(got, clause) == 0;
  if (!ok(status == want && same && (status == CONV2D_OK) == (ndim != 77), "call: %s", what))
    printf("# status %d, clause %s, ndim %d\n", status, got != NULL ? got : "none", ndim);
}

/* What depends on the function that is called. */
static void directions (void) {
  question q = ordinary();
  tensors t;
  conv2d_call c = call_of(&q, CONV2D_BACKWARD, &t);

  answers(CONV2D_OK, NULL, "backward", &c);
  q.p.dtype = q.input.dtype = int8;
  c = call_of(&q, CONV2D_FORWARD, &t);
  answers(CONV2D_OK, NULL, "integers forward", &c);
  c = call_of(&q, CONV2D_BACKWARD, &t);
  answers(CONV2D_INVALID, "BACK-6", "integers backward", &c);
  t.dl[INPUT].ndim = 2;
  answers(CONV2D_INVALID, "BACK-6", "integers backward, of two axes", &c);
  q.p.kernel_size[0] = -1;
  answers(CONV2D_INVALID, "VALID-7", "integers backward with a negative kernel", &c);
  q.p.kernel_size[0] = 3;
  c.input = NULL;
  answers(CONV2D_INVALID, "BACK-6", "a layer of integers, backward", &c);
  c.direction = CONV2D_INIT;
  answers(CONV2D_UNSUPPORTED, NULL, "a fresh layer of integers", &c);
  q.p.groups = 0;
  answers(CONV2D_INVALID, "VALID-1", "a fresh layer of integers in 0 groups", &c);
  c.direction = CONV2D_FORWARD | CONV2D_BACKWARD;
  answers(CONV2D_FAILED, NULL, "two directions", &c);
  c = (conv2d_call){ .size = offsetof(conv2d_call, params), .direction = CONV2D_INIT };
  c.params = &q.p;
  answers(CONV2D_FAILED, NULL, "a struct that ends before its parameters", &c);
}

/* A layer without an input. */
static void layers (void) {
  question q = ordinary();
  tensors t;
  conv2d_call c = call_of(&q, CONV2D_INIT, &t);

  c.input = NULL;
  answers(CONV2D_OK, NULL, "a layer", &c);
  q.p.out_channels = 0;
  answers(CONV2D_OK, NULL, "a layer without output channels, which an input would find", &c);
  q.p.out_channels = 4;
  shape transposed = { 4, { 4, 2, 5, 3 }, float32 };
  tensor(&transposed, &t.dl[WEIGHT]);
  answers(CONV2D_INVALID, "SHAPE-5", "a layer with a transposed weight", &c);
  t.dl[BIAS].dtype = float64;
  answers(CONV2D_INVALID, "DTYPE-3", "a layer with that and another dtype of the bias", &c);
  c = call_of(&q, CONV2D_INIT, &t);
  c.input = NULL;
  t.dl[WEIGHT].dtype = float64;
  answers(CONV2D_INVALID, "DTYPE-2", "a layer with another dtype of the weight", &c);
}

/* Tensors offered for what is to be computed. */
static void offers (void) {
  question q = ordinary();
  shape other = { 1, { 3 }, float32 };
  tensors t;
  conv2d_call c = call_of(&q, CONV2D_BACKWARD, &t);

  for (int i = OUTPUT; i <= GRAD_BIAS; i++) {
    c = call_of(&q, CONV2D_BACKWARD, &t);
    t.dl[i].dtype = float64;
    answers(CONV2D_INVALID, "SHAPE-11", "a tensor of another dtype", &c);
    tensor(&other, &t.dl[i]);
    answers(CONV2D_INVALID, "SHAPE-11", "a tensor of another shape", &c);
  }
  c = call_of(&q, CONV2D_BACKWARD, &t);
  t.dl[OUTPUT].dtype = float64;
  t.dl[WEIGHT].dtype = float64;
  answers(CONV2D_INVALID, "DTYPE-2", "the weight's dtype before the output's", &c);
  c.weight = c.bias = c.output = c.grad_input = c.grad_weight = c.grad_bias = NULL;
  c.direction = 0;
  answers(CONV2D_OK, NULL, "the shape of an input and nothing else", &c);
}

int main (void) {
  parameters();
  scalars();
  shapes();
  dtypes();
  padding();
  overflow();
  order();
  computations();
  directions();
  layers();
  offers();
  return done_testing();
}
