/* rejection.c: mutants that let a wrong call pass, or refuse a right one.
   A fault is a sentence that begins with the clause that is broken. */

#include "engine.h"

static const char *unless (const char *fault, const char *clause) {
  size_t length = strlen(clause);
  bool same = fault != NULL && strncmp(fault, clause, length) == 0 && fault[length] == ':';
  return same ? NULL : fault;
}

#define FORGETS(function, clause)                                                                  \
  static const char *function(const layer *l, const char *fault) {                                 \
    (void) l;                                                                                      \
    return unless(fault, clause);                                                                  \
  }

FORGETS(forgets_groups, "VALID-1")
FORGETS(forgets_in_channels, "VALID-2")
FORGETS(forgets_out_channels, "VALID-3")
FORGETS(forgets_kind, "VALID-4")
FORGETS(forgets_same_stride, "VALID-5")
FORGETS(forgets_mode, "VALID-6")
FORGETS(forgets_negative, "VALID-7")
FORGETS(forgets_stride, "VALID-8")
FORGETS(forgets_dilation, "VALID-9")
FORGETS(forgets_no_outputs, "VALID-10")
FORGETS(forgets_no_kernel, "VALID-11")
FORGETS(forgets_overflow, "VALID-12")
FORGETS(forgets_ndim, "SHAPE-2")
FORGETS(forgets_channels, "SHAPE-4")
FORGETS(forgets_weight_shape, "SHAPE-5")
FORGETS(forgets_bias_shape, "SHAPE-6")
FORGETS(forgets_large_kernel, "SHAPE-7")
FORGETS(forgets_no_rows, "SHAPE-8")
FORGETS(forgets_negative_padding, "PAD-5")
FORGETS(forgets_reflect_limit, "PAD-7")
FORGETS(forgets_circular_limit, "PAD-11")
FORGETS(forgets_empty_axis, "PAD-13")
FORGETS(forgets_cropping, "PAD-15")
FORGETS(forgets_weight_dtype, "DTYPE-2")
FORGETS(forgets_bias_dtype, "DTYPE-3")
FORGETS(forgets_integer_backward, "BACK-6")
FORGETS(forgets_output, "SHAPE-11")

static const char *forgets_all (const layer *l, const char *fault) {
  (void) l, (void) fault;
  return NULL;
}

/* ---- one step too far */

static const char *reflect_takes_all (const layer *l, const char *fault) {
  bool limit =
      unless(fault, "PAD-7") != fault && l->y.after <= l->y.size && l->x.after <= l->x.size;
  return limit ? NULL : fault;
}

static const char *circular_takes_one_more (const layer *l, const char *fault) {
  bool limit = unless(fault, "PAD-11") != fault && l->y.after <= l->y.size + 1
               && l->x.after <= l->x.size + 1;
  return limit ? NULL : fault;
}

/* C rounds the negative number of positions to zero, and adds one. */
static const char *kernel_by_c_division (const layer *l, const char *fault) {
  bool rounded = unless(fault, "SHAPE-7") != fault && l->y.room > -l->p->stride[0]
                 && l->x.room > -l->p->stride[1];
  return rounded ? NULL : fault;
}

/* The dilated kernel may be larger than the input, if the kernel itself is not. */
static const char *kernel_undilated (const layer *l, const char *fault) {
  bool fits =
      unless(fault, "SHAPE-7") != fault && l->y.kernel <= l->y.padded && l->x.kernel <= l->x.padded;
  return fits ? NULL : fault;
}

static const char *bias_broadcasts (const layer *l, const char *fault) {
  bool one = unless(fault, "SHAPE-6") != fault && count_elements(l->bias) == 1;
  return one ? NULL : fault;
}

static const char *bias_flattened (const layer *l, const char *fault) {
  bool enough = unless(fault, "SHAPE-6") != fault && l->bias->ndim > 1
                && count_elements(l->bias) == l->p->out_channels;
  return enough ? NULL : fault;
}

static const char *weight_counted (const layer *l, const char *fault) {
  bool enough =
      unless(fault, "SHAPE-5") != fault && l->weight->ndim == 4
      && count_elements(l->weight) == l->p->out_channels * l->group_in * l->y.kernel * l->x.kernel;
  return enough ? NULL : fault;
}

static const char *channels_broadcast (const layer *l, const char *fault) {
  bool one = unless(fault, "SHAPE-4") != fault && l->in_channels == 1;
  return one ? NULL : fault;
}

static bool output_has_dtype (const layer *l) {
  return same_dtype(l->output->dtype, l->p->dtype);
}

/* How many more elements the offered output has than the right one. */
static int64_t spare_elements (const layer *l) {
  DLTensor right = { .ndim = l->ndim, .shape = (int64_t *) l->output_shape };
  return count_elements(l->output) - count_elements(&right);
}

static const char *output_counted (const layer *l, const char *fault) {
  bool enough = unless(fault, "SHAPE-11") != fault && output_has_dtype(l) && spare_elements(l) == 0;
  return enough ? NULL : fault;
}

static const char *output_large_enough (const layer *l, const char *fault) {
  bool enough = unless(fault, "SHAPE-11") != fault && output_has_dtype(l) && spare_elements(l) > 0;
  return enough ? NULL : fault;
}

static const char *output_of_any_dtype (const layer *l, const char *fault) {
  bool shaped =
      unless(fault, "SHAPE-11") != fault && has_shape(l->output, l->ndim, l->output_shape);
  return shaped ? NULL : fault;
}

static const char *output_of_its_bits (const layer *l, const char *fault) {
  bool alike = unless(fault, "SHAPE-11") != fault && has_shape(l->output, l->ndim, l->output_shape)
               && l->output->dtype.bits == l->p->dtype.bits;
  return alike ? NULL : fault;
}

/* ---- one axis */

static const char *stride_of_rows (const layer *l, const char *fault) {
  bool rows = unless(fault, "VALID-8") != fault && l->p->stride[0] >= 1;
  return rows ? NULL : fault;
}

static const char *dilation_of_rows (const layer *l, const char *fault) {
  bool rows = unless(fault, "VALID-9") != fault && l->p->dilation[0] >= 1;
  return rows ? NULL : fault;
}

static const char *padding_of_rows (const layer *l, const char *fault) {
  bool rows = unless(fault, "PAD-5") != fault && l->p->padding[0] >= 0;
  return rows ? NULL : fault;
}

static const char *same_stride_of_rows (const layer *l, const char *fault) {
  bool rows = unless(fault, "VALID-5") != fault && l->p->stride[0] == 1;
  return rows ? NULL : fault;
}

static const char *kernel_of_columns (const layer *l, const char *fault) {
  bool columns = unless(fault, "SHAPE-7") != fault && l->x.dilated <= l->x.padded;
  return columns ? NULL : fault;
}

static const char *negative_stride (const layer *l, const char *fault) {
  bool negative = unless(fault, "VALID-8") != fault && l->p->stride[0] < 0;
  return negative ? NULL : fault;
}

static const char *zero_dilation_of_one_tap (const layer *l, const char *fault) {
  bool no_effect = unless(fault, "VALID-9") != fault && l->y.kernel == 1 && l->x.kernel == 1;
  return no_effect ? NULL : fault;
}

/* ---- right calls refused */

static const char *refuse (const char *fault, bool wrongly) {
  return fault == NULL && wrongly ? "refused" : fault;
}

static const char *refuses_reflect_limit (const layer *l, const char *fault) {
  return refuse(fault, l->p->padding_mode == CONV2D_REFLECT && l->y.after == l->y.size - 1
                           && l->y.size > 1);
}

static const char *refuses_circular_limit (const layer *l, const char *fault) {
  return refuse(fault, l->p->padding_mode == CONV2D_CIRCULAR && l->y.after == l->y.size);
}

static const char *refuses_padding_of_kernel (const layer *l, const char *fault) {
  return refuse(fault, l->p->padding_kind == CONV2D_PADDING_EXPLICIT
                           && l->y.before >= l->p->kernel_size[0] && l->y.before > 0);
}

static const char *refuses_exact_kernel (const layer *l, const char *fault) {
  return refuse(fault, l->y.dilated == l->y.padded);
}

static const char *refuses_kernel_beyond_input (const layer *l, const char *fault) {
  return refuse(fault, l->p->kernel_size[1] > l->x.size);
}

static const char *refuses_no_images (const layer *l, const char *fault) {
  return refuse(fault, l->images == 0);
}

static const char *refuses_unbatched (const layer *l, const char *fault) {
  return refuse(fault, l->ndim == 3);
}

static const char *refuses_wide_stride (const layer *l, const char *fault) {
  return refuse(fault, l->p->stride[0] > l->p->kernel_size[0]);
}

static const char *refuses_remainder (const layer *l, const char *fault) {
  return refuse(fault, fault == NULL && l->x.room % l->p->stride[1] != 0);
}

static const char *refuses_even_same (const layer *l, const char *fault) {
  return refuse(fault, l->p->padding_kind == CONV2D_PADDING_SAME && l->y.before != l->y.after);
}

static const char *refuses_multiplier (const layer *l, const char *fault) {
  return refuse(fault, l->p->groups > 1 && l->group_in == 1 && l->group_out > 1);
}

static const char *refuses_replicate_beyond (const layer *l, const char *fault) {
  return refuse(fault, l->p->padding_mode == CONV2D_REPLICATE && l->y.after >= l->y.size
                           && l->y.after > 0);
}

/* ---- the way of refusing */

static void groups_in_32_bits (conv2d_params *p) {
  p->groups = (int32_t) (uint32_t) p->groups;
}

static void dilation_in_32_bits (conv2d_params *p) {
  for (int a = 0; a < 2; a++)
    p->dilation[a] = (int32_t) (uint32_t) p->dilation[a];
}

static void padding_in_32_bits (conv2d_params *p) {
  for (int a = 0; a < 2; a++)
    p->padding[a] = (int32_t) (uint32_t) p->padding[a];
}

static void padding_clamped (conv2d_params *p) {
  for (int a = 0; a < 2; a++)
    if (p->padding[a] < 0)
      p->padding[a] = 0;
}

static void stride_clamped (conv2d_params *p) {
  for (int a = 0; a < 2; a++)
    if (p->stride[a] < 1)
      p->stride[a] = 1;
}

static void unknown_mode_is_zeros (conv2d_params *p) {
  if (p->padding_mode < CONV2D_ZEROS || p->padding_mode > CONV2D_CIRCULAR)
    p->padding_mode = CONV2D_ZEROS;
}

const mutant rejection_mutants[] = {
  { "accepts-groups", "groups below 1 are accepted", .fault = forgets_groups },
  { "accepts-in-channels", "in_channels need not divide", .fault = forgets_in_channels },
  { "accepts-out-channels", "out_channels need not divide", .fault = forgets_out_channels },
  { "accepts-padding-kind", "an unknown kind of padding is accepted", .fault = forgets_kind },
  { "accepts-same-stride", "'same' with a stride is accepted", .fault = forgets_same_stride },
  { "accepts-padding-mode", "an unknown padding mode is accepted", .fault = forgets_mode },
  { "accepts-negative-sizes", "negative channels or kernels are accepted",
    .fault = forgets_negative },
  { "accepts-stride", "strides below 1 are accepted", .fault = forgets_stride },
  { "accepts-dilation", "dilations below 1 are accepted", .fault = forgets_dilation },
  { "accepts-no-outputs", "zero output channels are accepted", .fault = forgets_no_outputs },
  { "accepts-no-kernel", "an empty kernel is accepted", .fault = forgets_no_kernel },
  { "accepts-overflow", "sizes beyond 64 bits are accepted", .fault = forgets_overflow },
  { "accepts-any-axes", "inputs of two or five axes are accepted", .fault = forgets_ndim },
  { "accepts-channels", "an input with other channels is accepted", .fault = forgets_channels },
  { "accepts-weight-shape", "a weight of another shape is accepted",
    .fault = forgets_weight_shape },
  { "accepts-bias-shape", "a bias of another shape is accepted", .fault = forgets_bias_shape },
  { "accepts-large-kernel", "a kernel larger than the padded input is accepted",
    .fault = forgets_large_kernel },
  { "accepts-no-rows", "an input without rows is accepted", .fault = forgets_no_rows },
  { "accepts-negative-padding", "negative padding with zeros is accepted",
    .fault = forgets_negative_padding },
  { "accepts-any-reflect", "reflect has no limit", .fault = forgets_reflect_limit },
  { "accepts-any-circular", "circular has no limit", .fault = forgets_circular_limit },
  { "accepts-empty-axis", "reflect and replicate accept empty inputs",
    .fault = forgets_empty_axis },
  { "accepts-cropping-all", "negative padding may leave nothing", .fault = forgets_cropping },
  { "accepts-weight-dtype", "a weight of another dtype is accepted",
    .fault = forgets_weight_dtype },
  { "accepts-bias-dtype", "a bias of another dtype is accepted", .fault = forgets_bias_dtype },
  { "accepts-integer-backward", "backward of integers is accepted",
    .fault = forgets_integer_backward },
  { "accepts-output", "an output of another shape or dtype is accepted", .fault = forgets_output },
  { "output-only-counted", "an output of the right number of elements is accepted",
    .fault = output_counted },
  { "output-only-large-enough", "an output with room to spare is accepted",
    .fault = output_large_enough },
  { "output-dtype-unchecked", "an output of another dtype is accepted",
    .fault = output_of_any_dtype },
  { "output-bits-checked", "an output of another dtype with as many bits is accepted",
    .fault = output_of_its_bits },
  { "accepts-everything", "nothing is checked", .fault = forgets_all },
  { "reflect-limit-one-more", "reflect accepts a padding of the whole input",
    .fault = reflect_takes_all },
  { "circular-limit-one-more", "circular accepts one more than the input",
    .fault = circular_takes_one_more },
  { "large-kernel-by-c-division", "a kernel too large by less than a stride is accepted",
    .fault = kernel_by_c_division },
  { "large-kernel-undilated", "the kernel is compared without its dilation",
    .fault = kernel_undilated },
  { "bias-broadcasts", "a bias of one element is accepted", .fault = bias_broadcasts },
  { "bias-flattened", "a bias of more axes is accepted", .fault = bias_flattened },
  { "weight-only-counted", "a weight of the right number of elements is accepted",
    .fault = weight_counted },
  { "channels-broadcast", "an input of one channel is accepted", .fault = channels_broadcast },
  { "stride-checked-in-rows", "the stride of columns is not checked", .fault = stride_of_rows },
  { "dilation-checked-in-rows", "the dilation of columns is not checked",
    .fault = dilation_of_rows },
  { "padding-checked-in-rows", "the padding of columns is not checked", .fault = padding_of_rows },
  { "same-checked-in-rows", "'same' does not look at the stride of columns",
    .fault = same_stride_of_rows },
  { "kernel-checked-in-columns", "the height of the kernel is not checked",
    .fault = kernel_of_columns },
  { "stride-zero-only", "negative strides are accepted, zero is not", .fault = negative_stride },
  { "dilation-of-one-tap", "any dilation is accepted for a kernel of one tap",
    .fault = zero_dilation_of_one_tap },
  { "refuses-reflect-limit", "reflect refuses the largest padding",
    .fault = refuses_reflect_limit },
  { "refuses-circular-limit", "circular refuses to pad a whole input",
    .fault = refuses_circular_limit },
  { "refuses-padding-of-kernel", "padding of a kernel or more is refused",
    .fault = refuses_padding_of_kernel },
  { "refuses-exact-kernel", "a kernel of the padded input's height is refused",
    .fault = refuses_exact_kernel },
  { "refuses-kernel-beyond-input", "a kernel wider than the unpadded input is refused",
    .fault = refuses_kernel_beyond_input },
  { "refuses-no-images", "an empty batch is refused", .fault = refuses_no_images },
  { "refuses-unbatched", "an input without a batch is refused", .fault = refuses_unbatched },
  { "refuses-wide-stride", "a stride larger than the kernel is refused",
    .fault = refuses_wide_stride },
  { "refuses-remainder", "a stride that does not fit the width is refused",
    .fault = refuses_remainder },
  { "refuses-even-same", "'same' refuses even kernels", .fault = refuses_even_same },
  { "refuses-multiplier", "depthwise refuses a multiplier", .fault = refuses_multiplier },
  { "refuses-replicate-beyond", "replicate has reflect's limit",
    .fault = refuses_replicate_beyond },
  { "groups-in-32-bits", "groups are cut to 32 bits", .params = groups_in_32_bits },
  { "dilation-in-32-bits", "dilations are cut to 32 bits", .params = dilation_in_32_bits },
  { "padding-in-32-bits", "paddings are cut to 32 bits", .params = padding_in_32_bits },
  { "padding-clamped", "negative padding is taken for none", .params = padding_clamped },
  { "stride-clamped", "strides below 1 are taken for 1", .params = stride_clamped },
  { "mode-defaults-to-zeros", "an unknown padding mode is taken for zeros",
    .params = unknown_mode_is_zeros },
  { .name = NULL }
};
