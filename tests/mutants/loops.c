/* loops.c: mutants that end too early, or lose their place between blocks of a loop. */

#include "engine.h"

static number without_last_kernel_row (const call *c, const tap *t, number sum, number x,
                                       number w) {
  bool last = t->r > 0 && t->r == c->l.y.kernel - 1;
  return last ? sum : add_product(sum, x, w, c->real);
}

static number without_last_kernel_column (const call *c, const tap *t, number sum, number x,
                                          number w) {
  bool last = t->s > 0 && t->s == c->l.x.kernel - 1;
  return last ? sum : add_product(sum, x, w, c->real);
}

static number without_last_channel (const call *c, const tap *t, number sum, number x, number w) {
  bool last = t->c > 0 && t->c == c->l.group_in - 1;
  return last ? sum : add_product(sum, x, w, c->real);
}

/* Channels in blocks of four, the rest forgotten. */
static number without_channel_tail (const call *c, const tap *t, number sum, number x, number w) {
  bool tail = c->l.group_in > 4 && t->c >= c->l.group_in / 4 * 4;
  return tail ? sum : add_product(sum, x, w, c->real);
}

/* Blocks of four channels, each of which starts from zero. */
static number block_begins (const call *c, const tap *t, number sum, number w) {
  (void) c, (void) w;
  return t->c > 0 && t->c % 4 == 0 && t->r == 0 && t->s == 0 ? (number){ 0 } : sum;
}

static number block_overwrites (const call *c, const tap *t, number sum, number x, number w) {
  return add_product(block_begins(c, t, sum, w), x, w, c->real);
}

static void without_last_row (call *c) {
  const int64_t *chw = c->output.t.shape + c->output.t.ndim - 3;
  int64_t plane = chw[1] * chw[2];
  for (int64_t e = 0; !c->backward && e < count_outputs(c); e++)
    if (chw[1] > 1 && e % plane >= plane - chw[2])
      c->y[e] = (number){ 0 };
}

/* Rows of the output in vectors of eight; in the last, incomplete one the columns are shifted. */
static void shifted_vector_tail (call *c) {
  int64_t width = c->output.t.shape[c->output.t.ndim - 1];
  for (int64_t e = count_outputs(c) - 1; !c->backward && e > 0; e--)
    if (width > 8 && e % width >= width / 8 * 8)
      c->y[e] = c->y[e - 1];
}

/* Output channels in blocks of eight; those after the last full block repeat it. */
static void repeated_channel_tail (call *c) {
  const int64_t *chw = c->output.t.shape + c->output.t.ndim - 3;
  int64_t plane = chw[1] * chw[2];
  for (int64_t e = 0; !c->backward && e < count_outputs(c); e++)
    if (chw[0] > 8 && e / plane % chw[0] >= chw[0] / 8 * 8)
      c->y[e] = c->y[e - plane];
}

static void transposed_output (call *c) {
  const int64_t *chw = c->output.t.shape + c->output.t.ndim - 3;
  for (int64_t e = 0; !c->backward && chw[1] == chw[2] && e < count_outputs(c); e++) {
    int64_t i = e / chw[2] % chw[1], j = e % chw[2];
    if (i < j)
      SWAP(number, c->y[e], c->y[e + (j - i) * (chw[2] - 1)]);
  }
}

/* Images in the wrong order. */
static int64_t next_image (const call *c, const tap *t) {
  tap other = *t;
  other.at.n = (t->at.n + 1) % c->l.images;
  return right_input_index(c, &other);
}

static int64_t first_image (const call *c, const tap *t) {
  tap other = *t;
  other.at.n = 0;
  return right_input_index(c, &other);
}

const mutant loop_mutants[] = {
  { "last-kernel-row-skipped", "the loop over kernel rows ends early",
    .accumulate = without_last_kernel_row },
  { "last-kernel-column-skipped", "the loop over kernel columns ends early",
    .accumulate = without_last_kernel_column },
  { "last-channel-skipped", "the loop over input channels ends early",
    .accumulate = without_last_channel },
  { "channel-tail-skipped", "channels beyond a multiple of four are left out",
    .accumulate = without_channel_tail },
  { "channel-block-overwrites", "each block of four channels overwrites the sum of the last",
    .accumulate = block_overwrites, .padding = block_begins },
  { "last-row-skipped", "the last row of the output stays zero", .after = without_last_row },
  { "vector-tail-shifted", "columns beyond a multiple of eight are one too early",
    .after = shifted_vector_tail },
  { "channel-tail-repeated", "output channels beyond a multiple of eight repeat the one before",
    .after = repeated_channel_tail },
  { "output-transposed", "square outputs are transposed", .after = transposed_output },
  { "image-next", "each output is made from the next image", .input_index = next_image },
  { "image-first", "every output is made from the first image", .input_index = first_image },
  { .name = NULL }
};
