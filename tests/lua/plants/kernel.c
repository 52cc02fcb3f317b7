/* kernel.c: a float32 layer as people write it, with one mistake as people make it: PLANT is its
   name. Zero padding, one group, compact tensors. */

#include "../../../include/conv2d_abi.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

enum plant {
  tail_of_columns_4, /* a vector loop without its remainder: never written */
  tail_of_columns_8,
  tail_of_columns_16,
  zero_tail_of_columns, /* the same, on an output that was cleared first */
  tail_of_channels_4,
  tail_of_channels_8,
  tail_of_pixels,
  tail_of_inputs,  /* input channels beyond a multiple of 4 */
  accumulates,     /* += on what the output held */
  pitch_of_output, /* rows of the input are as long as those of the output */
  twice,           /* the last tile of 8 columns is moved back to fit, and adds */
  seam,            /* the first column of each tile lacks the last tap */
  narrow_index,    /* an index of 16 bits */
  overrun,         /* reads a row too many */
  race,            /* a thread for each tile, which also stores 0 in the first column of the next */
  stuck            /* each call takes seconds */
};

typedef struct layer {
  int64_t images, channels, height, width, outs, rows, columns, kernel[2], stride[2], pad[2],
      dilation[2];
  const float *x, *w, *b;
  float *y;
} layer;

static float input_at (const layer *l, int64_t n, int64_t c, int64_t h, int64_t v) {
  const int64_t pitch = PLANT == pitch_of_output ? l->columns : l->width;
  const int64_t lines = PLANT == overrun ? l->height + 1 : l->height;
  if (h < 0 || v < 0 || h >= lines || v >= l->width)
    return 0;
  int64_t at = (n * l->channels + c) * l->height * l->width + h * pitch + v;
  if (PLANT == narrow_index)
    at = (uint16_t) at;
  return l->x[at];
}

static float product_sum (const layer *l, int64_t n, int64_t k, int64_t i, int64_t j) {
  float sum = 0;
  const int64_t channels = PLANT == tail_of_inputs ? l->channels / 4 * 4 : l->channels;
  for (int64_t c = 0; c < channels; c++)
    for (int64_t r = 0; r < l->kernel[0]; r++)
      for (int64_t s = 0; s < l->kernel[1]; s++) {
        const bool lost = PLANT == seam && j > 0 && j % 8 == 0 && s == l->kernel[1] - 1;
        const float w = l->w[((k * l->channels + c) * l->kernel[0] + r) * l->kernel[1] + s];
        sum += lost ? 0
                    : w
                          * input_at(l, n, c, i * l->stride[0] + r * l->dilation[0] - l->pad[0],
                                     j * l->stride[1] + s * l->dilation[1] - l->pad[1]);
      }
  return sum;
}

/* Whether the loops of the plant come to this element. */
static bool reaches (const layer *l, int64_t k, int64_t i, int64_t j) {
  switch (PLANT) {
  case tail_of_columns_4: return j < l->columns / 4 * 4;
  case tail_of_columns_8:
  case zero_tail_of_columns: return j < l->columns / 8 * 8;
  case tail_of_columns_16: return j < l->columns / 16 * 16;
  case tail_of_channels_4: return k < l->outs / 4 * 4;
  case tail_of_channels_8: return k < l->outs / 8 * 8;
  case tail_of_pixels: return i * l->columns + j < l->rows * l->columns / 8 * 8;
  default: return true;
  }
}

static bool is_shared (const layer *l, int64_t j) {
  return PLANT == twice && l->columns > 8 && j >= l->columns - 8 && j < l->columns / 8 * 8;
}

/* ---- tiles of 8 columns, each by a thread if there may be more than one */

typedef struct tile {
  const layer *l;
  int64_t n, at;
} tile;

static void *compute_tile (void *argument) {
  const tile *t = argument;
  const layer *l = t->l;
  for (int64_t k = 0; k < l->outs; k++)
    for (int64_t i = 0; i < l->rows; i++)
      for (int64_t j = t->at; j <= t->at + 8 && j < l->columns; j++)
        l->y[((t->n * l->outs + k) * l->rows + i) * l->columns + j] =
            j == t->at + 8 ? 0 : product_sum(l, t->n, k, i, j) + (l->b ? l->b[k] : 0);
  return NULL;
}

static void compute_tiles (const layer *l, int64_t n) {
  enum { MOST = 64 };
  const char *threads = getenv("OMP_NUM_THREADS");
  const bool at_once = threads && atoi(threads) > 1;
  pthread_t thread[MOST];
  tile t[MOST];
  int count = 0;
  for (int64_t at = 0; at < l->columns && count < MOST; at += 8) {
    t[count] = (tile){ l, n, at };
    if (at_once)
      pthread_create(&thread[count], NULL, compute_tile, &t[count]);
    else
      compute_tile(&t[count]);
    count++;
  }
  for (int i = 0; at_once && i < count; i++)
    pthread_join(thread[i], NULL);
}

static void compute (const layer *l, int64_t n) {
  for (int64_t k = 0; k < l->outs; k++)
    for (int64_t i = 0; i < l->rows; i++)
      for (int64_t j = 0; j < l->columns; j++) {
        float *y = &l->y[((n * l->outs + k) * l->rows + i) * l->columns + j];
        if (!reaches(l, k, i, j)) {
          if (PLANT == zero_tail_of_columns)
            *y = 0;
          continue;
        }
        const float sum = product_sum(l, n, k, i, j)
                          * (is_shared(l, j)  ? 2
                             : PLANT == stuck ? (float) (i * j)
                                              : 1);
        *y = (PLANT == accumulates ? *y : 0) + sum + (l->b ? l->b[k] : 0);
      }
}

static int32_t shape (const conv2d_params *p, int32_t ndim, const int64_t *in, int64_t *out) {
  if (ndim != 4 || p->groups != 1 || p->padding_kind != CONV2D_PADDING_EXPLICIT)
    return CONV2D_UNSUPPORTED;
  out[0] = in[0], out[1] = p->out_channels;
  for (int i = 0; i < 2; i++)
    out[2 + i] = (in[2 + i] + 2 * p->padding[i] - p->dilation[i] * (p->kernel_size[i] - 1) - 1)
                     / p->stride[i]
                 + 1;
  return CONV2D_OK;
}

static int32_t forward (const conv2d_params *p, const DLTensor *x, const DLTensor *w,
                        const DLTensor *b, DLTensor *y) {
  layer l = { x->shape[0],
              x->shape[1],
              x->shape[2],
              x->shape[3],
              p->out_channels,
              y->shape[2],
              y->shape[3],
              { p->kernel_size[0], p->kernel_size[1] },
              { p->stride[0], p->stride[1] },
              { p->padding[0], p->padding[1] },
              { p->dilation[0], p->dilation[1] },
              x->data,
              w->data,
              b ? b->data : NULL,
              y->data };
  for (int64_t n = 0; n < l.images; n++)
    PLANT == race ? compute_tiles(&l, n) : compute(&l, n);
  if (PLANT == stuck)
    nanosleep(&(struct timespec){ .tv_sec = 2 }, NULL);
  return CONV2D_OK;
}

static const conv2d_capabilities offers = { CONV2D_F32, CONV2D_NCHW, 1 << CONV2D_ZEROS,
                                            CONV2D_FORWARD };
CONV2D_IMPLEMENT(.name = PLANT_NAME, .version = "1.0", .output_shape = shape, .forward = forward,
                 .capabilities = &offers);
