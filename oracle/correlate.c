/* correlate.c: output and grad_input by the fast path, as correlations. There are two kinds. */

#include "correlation.h"
#include "fast.h"
#include <string.h>

/* The weights of one row: channels x slots x slots. */
static void pack_row_of_weights (const correlation *c, int64_t group, int64_t row, cell *out,
                                 content *seen) {
  const taps *rows = &c->taps[0], *columns = &c->taps[1];
  const view *w = &c->weight;

  for (int64_t channel = 0; channel < c->channels; channel++)
    for (int64_t a = 0; a < rows->slots; a++)
      for (int64_t b = 0; b < columns->slots; b++, out += ROWS) {
        const char *at = view_at(w, row, channel, rows->tap[a], columns->tap[b]);
        *out = pack(w->type, at + group * c->weight_step, seen);
      }
}

void correlation_pack_weights (const correlation *c, cell *out, content *seen) {
  int64_t blocks = (c->rows + ROWS - 1) / ROWS;

  memset(out, 0, (size_t) (c->groups * blocks * c->depth * ROWS) * sizeof *out);
  for (int64_t g = 0; g < c->groups; g++)
    for (int64_t row = 0; row < c->rows; row++) {
      cell *block = out + (g * blocks + row / ROWS) * c->depth * ROWS;
      pack_row_of_weights(c, g, row, block + row % ROWS, seen);
    }
}

/* Computes the whole correlation, with the tables of taps that `tabulate` makes. */
static bool run (correlation *c, taps_fn *tabulate) {
  const geometry *g = &c->q->g;
  const int64_t *extent = c->r->extent;
  workspace w;

  if (extent[0] == 0 || extent[1] == 0 || extent[2] == 0 || extent[3] == 0)
    return true;
  workspace_open(&w);
  bool done = tabulate(&c->taps[0], &g->axis[0], &w) && tabulate(&c->taps[1], &g->axis[1], &w)
              && !__builtin_mul_overflow(c->taps[0].slots, c->taps[1].slots, &c->depth)
              && !__builtin_mul_overflow(c->depth, c->channels, &c->depth)
              && (shallow_suits(c) ? shallow_correlate(c, &w) : tiled_correlate(c, &w));
  workspace_close(&w);
  return done;
}

bool fast_output (const operands *q, const result *r) {
  const geometry *g = &q->g;
  correlation c = { .q = q,
                    .r = r,
                    .images = g->images,
                    .groups = g->groups,
                    .rows = g->group_out,
                    .channels = g->group_in,
                    .weight = q->weight,
                    .weight_step = g->group_out * q->weight.stride[0],
                    .source = q->input,
                    .size = { g->axis[0].size, g->axis[1].size },
                    .bias = g->bias,
                    .even = true,
                    .axis = { g->axis[0], g->axis[1] } };
  return run(&c, taps_forward);
}

/* The axis for reading the output from places of the input, with stride 1 and zeros: a tap reads as
   far from its place as in forward, but on the other side. */
static axis turned (const axis *a) {
  return (axis){ .size = a->output,
                 .kernel = a->kernel,
                 .output = a->size,
                 .stride = 1,
                 .dilation = a->dilation,
                 .before = (a->kernel - 1) * a->dilation - a->before,
                 .mode = CONV2D_ZEROS };
}

static bool turns (const axis *a) {
  return a->stride == 1 && a->mode == CONV2D_ZEROS;
}

bool fast_grad_input (const operands *q, const result *r) {
  const geometry *g = &q->g;
  correlation c = { .q = q,
                    .r = r,
                    .images = g->images,
                    .groups = g->groups,
                    .rows = g->group_in,
                    .channels = g->group_out,
                    .weight = q->weight,
                    .weight_step = g->group_out * q->weight.stride[0],
                    .source = q->grad_output,
                    .size = { g->axis[0].output, g->axis[1].output },
                    .even = turns(&g->axis[0]) && turns(&g->axis[1]),
                    .turned = true,
                    .axis = { turned(&g->axis[0]), turned(&g->axis[1]) } };
  c.weight.stride[0] = q->weight.stride[1]; /* its input channels are the rows */
  c.weight.stride[1] = q->weight.stride[0];
  return run(&c, taps_backward);
}
