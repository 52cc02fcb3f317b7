/* backward.c: mutants whose forward is right and whose gradients are not. */

#include "engine.h"

static void right_spread (const call *c, const tap *t, double grad, number *to_input,
                          number *to_weight) {
  to_input->real += grad * c->w[right_weight_index(c, t)].real;
  to_weight->real += grad * c->x[right_input_index(c, t)].real;
}

static int64_t count_inputs (const call *c) {
  return count_elements(&c->input.t);
}

static int64_t count_weights (const call *c) {
  return count_elements(&c->weight.t);
}

static void scale (number *values, int64_t count, double factor) {
  for (int64_t i = 0; i < count; i++)
    values[i].real *= factor;
}

/* ---- what a product adds */

static void input_overwritten (const call *c, const tap *t, double grad, number *to_input,
                               number *to_weight) {
  double w = c->w[right_weight_index(c, t)].real;
  right_spread(c, t, grad, to_input, to_weight);
  to_input->real = grad * w;
}

static void weight_overwritten (const call *c, const tap *t, double grad, number *to_input,
                                number *to_weight) {
  double x = c->x[right_input_index(c, t)].real;
  right_spread(c, t, grad, to_input, to_weight);
  to_weight->real = grad * x;
}

static bool is_inside (const axis *x, int64_t i, int64_t r) {
  int64_t q = i * x->stride + r * x->dilation - x->before;
  return 0 <= q && q < x->size;
}

/* The gradient that falls on padding is dropped, not added to the element that was copied. */
static void padding_dropped (const call *c, const tap *t, double grad, number *to_input,
                             number *to_weight) {
  number dropped = *to_input;
  right_spread(c, t, grad, to_input, to_weight);
  if (!is_inside(&c->l.y, t->at.i, t->r) || !is_inside(&c->l.x, t->at.j, t->s))
    *to_input = dropped;
}

static void padding_not_weighed (const call *c, const tap *t, double grad, number *to_input,
                                 number *to_weight) {
  number dropped = *to_weight;
  right_spread(c, t, grad, to_input, to_weight);
  if (!is_inside(&c->l.y, t->at.i, t->r) || !is_inside(&c->l.x, t->at.j, t->s))
    *to_weight = dropped;
}

static void kernel_not_flipped (const call *c, const tap *t, double grad, number *to_input,
                                number *to_weight) {
  tap turned = *t;
  turned.r = c->l.y.kernel - 1 - t->r;
  turned.s = c->l.x.kernel - 1 - t->s;
  to_input->real += grad * c->w[right_weight_index(c, &turned)].real;
  to_weight->real += grad * c->x[right_input_index(c, t)].real;
}

static void zero_gradient_skipped (const call *c, const tap *t, double grad, number *to_input,
                                   number *to_weight) {
  if (grad != 0)
    right_spread(c, t, grad, to_input, to_weight);
}

static void last_image_only (const call *c, const tap *t, double grad, number *to_input,
                             number *to_weight) {
  number kept = *to_weight;
  right_spread(c, t, grad, to_input, to_weight);
  if (t->at.n != c->l.images - 1)
    *to_weight = kept;
}

static void last_row_not_weighed (const call *c, const tap *t, double grad, number *to_input,
                                  number *to_weight) {
  number kept = *to_weight;
  right_spread(c, t, grad, to_input, to_weight);
  if (t->h == c->l.y.size - 1 && c->l.y.stride > 1)
    *to_weight = kept;
}

/* Depthwise with a stride, the last row is left out (pytorch #50042, #68868). */
static void depthwise_last_row (const call *c, const tap *t, double grad, number *to_input,
                                number *to_weight) {
  number kept = *to_input;
  right_spread(c, t, grad, to_input, to_weight);
  if (is_depthwise(&c->l) && c->l.y.stride > 1 && t->h == c->l.y.size - 1)
    *to_input = kept;
}

static void weight_in_bfloat16 (const call *c, const tap *t, double grad, number *to_input,
                                number *to_weight) {
  right_spread(c, t, grad, to_input, to_weight);
  to_weight->real = round_to(to_weight->real, 8, -133);
}

static void input_in_bfloat16 (const call *c, const tap *t, double grad, number *to_input,
                               number *to_weight) {
  right_spread(c, t, grad, to_input, to_weight);
  to_input->real = round_to(to_input->real, 8, -133);
}

static void weight_of_float64_in_float (const call *c, const tap *t, double grad, number *to_input,
                                        number *to_weight) {
  right_spread(c, t, grad, to_input, to_weight);
  if (c->params.dtype.bits == 64)
    to_weight->real = (double) (float) to_weight->real;
}

static void gradient_in_tensorfloat32 (const call *c, const tap *t, double grad, number *to_input,
                                       number *to_weight) {
  right_spread(c, t, round_to(grad, 11, -149), to_input, to_weight);
}

/* ---- geometry */

static void undilated (call *c) {
  if (c->backward)
    c->l.y.dilation = c->l.x.dilation = 1;
}

static void unstrided (call *c) {
  if (c->backward)
    c->l.x.stride = 1;
}

static void padding_exchanged (call *c) {
  if (c->backward)
    SWAP(int64_t, c->l.y.before, c->l.x.before);
}

static void same_larger_half_first (call *c) {
  if (c->backward) {
    c->l.y.before = c->l.y.after;
    c->l.x.before = c->l.x.after;
  }
}

static int64_t shared_weight (const call *c, const tap *t) {
  tap other = *t;
  if (c->backward)
    other.at.k = t->at.k % c->l.group_out;
  return right_weight_index(c, &other);
}

static int64_t first_block (const call *c, const tap *t) {
  tap other = *t;
  if (c->backward)
    other.at.k = 0;
  return right_input_index(c, &other);
}

/* ---- whole gradients */

static void bias_zero (call *c) {
  if (c->backward)
    scale(c->g.bias, c->params.out_channels, 0);
}

static void bias_averaged (call *c) {
  int64_t count = c->backward ? count_outputs(c) / c->params.out_channels : 0;
  if (count > 0)
    scale(c->g.bias, c->params.out_channels, 1 / (double) count);
}

static void bias_batch_averaged (call *c) {
  if (c->backward && c->l.images > 0)
    scale(c->g.bias, c->params.out_channels, 1 / (double) c->l.images);
}

/* Sums of bfloat16 in bfloat16: 256 + 1 is 256 (pytorch #68048). */
static void bias_in_bfloat16 (call *c) {
  const int64_t *chw = c->output.t.shape + c->output.t.ndim - 3;
  if (!c->backward || c->params.dtype.code != kDLBfloat)
    return;
  scale(c->g.bias, c->params.out_channels, 0);
  for (int64_t e = 0; e < count_outputs(c); e++) {
    number *b = &c->g.bias[e / (chw[1] * chw[2]) % chw[0]];
    b->real = round_to(b->real + c->y[e].real, 8, -133);
  }
}

static void bias_first_image (call *c) {
  const int64_t *chw = c->output.t.shape + c->output.t.ndim - 3;
  int64_t plane = chw[1] * chw[2];
  for (int64_t e = chw[0] * plane; c->backward && e < count_outputs(c); e++)
    c->g.bias[e / plane % chw[0]].real -= c->y[e].real;
}

static void weight_averaged (call *c) {
  if (c->backward && c->l.images > 0)
    scale(c->g.weight, count_weights(c), 1 / (double) c->l.images);
}

static void weight_negated (call *c) {
  if (c->backward)
    scale(c->g.weight, count_weights(c), -1);
}

static void weight_flipped (call *c) {
  int64_t kernel = c->l.y.kernel * c->l.x.kernel;
  for (int64_t i = 0; c->backward && i < count_weights(c); i++) {
    int64_t other = i - i % kernel + kernel - 1 - i % kernel;
    if (i < other)
      SWAP(number, c->g.weight[i], c->g.weight[other]);
  }
}

static void input_zero (call *c) {
  if (c->backward)
    scale(c->g.input, count_inputs(c), 0);
}

static void input_first_image (call *c) {
  int64_t image = c->l.in_channels * c->l.y.size * c->l.x.size;
  if (c->backward && c->l.images > 1)
    scale(c->g.input + image, count_inputs(c) - image, 0);
}

static void unbatched_input_halved (call *c) {
  if (c->backward && c->l.ndim == 3)
    scale(c->g.input, count_inputs(c), 0.5);
}

static void last_input_slightly_off (call *c) {
  if (c->backward && count_inputs(c) > 1)
    c->g.input[count_inputs(c) - 1].real *= 1 + 0x1p-6;
}

static void last_weight_slightly_off (call *c) {
  if (c->backward && count_weights(c) > 1)
    c->g.weight[count_weights(c) - 1].real *= 1 + 0x1p-6;
}

static void nan_to_zero (call *c) {
  for (int64_t i = 0; c->backward && i < count_weights(c); i++)
    if (isnan(c->g.weight[i].real))
      c->g.weight[i].real = 0;
}

static void relu_left_on (call *c) {
  for (int64_t i = 0; c->backward && i < count_inputs(c); i++)
    if (c->x[i].real < 0)
      c->g.input[i].real = 0;
}

/* Nothing of an empty batch is computed, so nothing is written. */
static void zeros_not_written (const number *values, DLTensor *t) {
  int64_t i = 0, count = count_elements(t);
  while (i < count && values[i].integer == 0)
    i++;
  if (i < count)
    scatter(values, t);
}

/* ---- gradients that are not asked for */

static void weight_after_input (const DLTensor *input, DLTensor *grads[3]) {
  (void) input;
  if (grads[0] == NULL)
    grads[1] = NULL;
}

static void bias_after_weight (const DLTensor *input, DLTensor *grads[3]) {
  (void) input;
  if (grads[1] == NULL)
    grads[2] = NULL;
}

static void input_after_bias (const DLTensor *input, DLTensor *grads[3]) {
  (void) input;
  if (grads[2] == NULL)
    grads[0] = NULL;
}

static void parameters_together (const DLTensor *input, DLTensor *grads[3]) {
  (void) input;
  if (grads[1] == NULL || grads[2] == NULL)
    grads[1] = grads[2] = NULL;
}

/* Nothing is done for an empty batch, although the gradients must be set to zero. */
static void empty_batch_left (const DLTensor *input, DLTensor *grads[3]) {
  if (input->ndim == 4 && input->shape[0] == 0)
    grads[1] = grads[2] = NULL;
}

const mutant backward_mutants[] = {
  { "grad-input-overwritten", "grad_input keeps the last product only",
    .spread = input_overwritten },
  { "grad-weight-overwritten", "grad_weight keeps the last product only",
    .spread = weight_overwritten },
  { "grad-input-padding-dropped", "gradients that fall on padding are dropped",
    .spread = padding_dropped },
  { "grad-weight-padding-dropped", "values of the padding count for no weight",
    .spread = padding_not_weighed },
  { "grad-input-kernel-flipped", "grad_input uses the flipped kernel",
    .spread = kernel_not_flipped },
  { "grad-zero-skipped", "gradients of zero are skipped", .spread = zero_gradient_skipped },
  { "grad-weight-last-image", "grad_weight counts the last image only", .spread = last_image_only },
  { "grad-weight-strided-last-row", "with a stride grad_weight leaves the last row out",
    .spread = last_row_not_weighed },
  { "grad-input-depthwise-last-row", "depthwise and strided, grad_input lacks its last row",
    .spread = depthwise_last_row },
  { "grad-weight-in-bfloat16", "grad_weight is summed in bfloat16", .spread = weight_in_bfloat16 },
  { "grad-input-in-bfloat16", "grad_input is summed in bfloat16", .spread = input_in_bfloat16 },
  { "grad-weight-float64-in-float32", "grad_weight of float64 is summed in float32",
    .spread = weight_of_float64_in_float },
  { "grad-output-in-tensorfloat32", "grad_output is rounded to 11 bits",
    .spread = gradient_in_tensorfloat32 },
  { "grad-undilated", "backward knows no dilation", .before = undilated },
  { "grad-unstrided", "backward knows no stride of columns", .before = unstrided },
  { "grad-padding-swapped", "backward exchanges the paddings", .before = padding_exchanged },
  { "grad-same-larger-half-first", "backward puts the odd element of 'same' first",
    .before = same_larger_half_first },
  { "grad-group-weights-shared", "backward shares the weights of the first group",
    .weight_index = shared_weight },
  { "grad-group-first-block", "backward reads and writes the first block only",
    .input_index = first_block },
  { "grad-bias-zero", "grad_bias is zero", .after = bias_zero },
  { "grad-bias-averaged", "grad_bias is averaged", .after = bias_averaged },
  { "grad-bias-batch-averaged", "grad_bias is averaged over the batch",
    .after = bias_batch_averaged },
  { "grad-bias-in-bfloat16", "grad_bias of bfloat16 is summed in bfloat16",
    .after = bias_in_bfloat16 },
  { "grad-bias-first-image", "grad_bias counts the first image only", .after = bias_first_image },
  { "grad-weight-averaged", "grad_weight is averaged over the batch", .after = weight_averaged },
  { "grad-weight-negated", "grad_weight has the wrong sign", .after = weight_negated },
  { "grad-weight-flipped", "grad_weight is flipped", .after = weight_flipped },
  { "grad-input-zero", "grad_input is zero", .after = input_zero },
  { "grad-input-first-image", "only the first image gets a gradient", .after = input_first_image },
  { "grad-input-unbatched-halved", "unbatched, grad_input is halved",
    .after = unbatched_input_halved },
  { "grad-input-last-off", "the last element of grad_input is off by a part in 64",
    .after = last_input_slightly_off },
  { "grad-weight-last-off", "the last element of grad_weight is off by a part in 64",
    .after = last_weight_slightly_off },
  { "grad-weight-nan-to-zero", "grad_weight knows no NaN", .after = nan_to_zero },
  { "grad-input-rectified", "grad_input is zero where the input is negative",
    .after = relu_left_on },
  { "all-zero-unwritten", "results that are zero all over are not written",
    .write = zeros_not_written },
  { "grad-weight-after-input", "grad_weight is computed together with grad_input only",
    .asked = weight_after_input },
  { "grad-bias-after-weight", "grad_bias is computed together with grad_weight only",
    .asked = bias_after_weight },
  { "grad-input-after-bias", "grad_input is computed together with grad_bias only",
    .asked = input_after_bias },
  { "grad-parameters-together", "grad_weight and grad_bias are computed together or not at all",
    .asked = parameters_together },
  { "grad-of-empty-batch-left", "an empty batch leaves grad_weight and grad_bias as they were",
    .asked = empty_batch_left },
  { .name = NULL }
};
