/* index_maps.c: a convolution tap by tap, and its gradients.
   It computes what an implementation would that finds its elements elsewhere: the maps say where.
   On integers its sums are exact, so that two answers can be compared bit by bit. */

#include "api.h"

#include "data/data.h"
#include "call/dtype.h"

#include <string.h>

/* Where a convolution finds its elements. Every index counts from 0; -1: the tap is left out. */
typedef struct tapped {
  int64_t images, outs, rows, columns; /* of the output */
  int64_t channels, kernel[2];         /* of a window */
  int64_t *image, *row, *column;       /* [images], [rows][kernel 0], [columns][kernel 1] */
  int64_t *channel, *weight;           /* [outs][channels], [outs][channels][kernel 0][kernel 1] */
  const DLTensor *x;
  const double *w;
  const double *bias;   /* [images][outs], or NULL */
  const double *values; /* of x */
  int64_t weights, plane[2], x_channels, x_images;
  bool overwrites; /* backward: a product replaces what was summed before it */
} tapped;

static int64_t field (lua_State *L, const char *key) {
  lua_getfield(L, 1, key);
  int64_t v = luaL_checkinteger(L, -1);
  lua_pop(L, 1);
  if (v < 0 || v > 1 << 20)
    api_usage(L, "taps: %s is out of range", key);
  return v;
}

/* A flat list of `count` indices below `limit`. Its memory is a userdata left on the Lua stack. */
static int64_t *list (lua_State *L, const char *key, int64_t count, int64_t limit) {
  if (lua_getfield(L, 1, key) != LUA_TTABLE || (int64_t) lua_rawlen(L, -1) < count)
    api_usage(L, "taps: %s: a list of %d indices is expected", key, (int) count);
  int64_t *to = lua_newuserdatauv(L, (size_t) (count + 1) * sizeof *to, 0);
  for (int64_t i = 0; i < count; i++) {
    lua_rawgeti(L, -2, i + 1);
    to[i] = luaL_checkinteger(L, -1);
    lua_pop(L, 1);
    if (to[i] < 0 || to[i] >= limit)
      to[i] = -1;
  }
  return to;
}

/* A flat list of `count` numbers, likewise; NULL where it is not given. */
static double *numbers_of (lua_State *L, const char *key, int64_t count) {
  if (lua_getfield(L, 1, key) == LUA_TNIL)
    return NULL;
  luaL_checktype(L, -1, LUA_TTABLE);
  double *to = lua_newuserdatauv(L, (size_t) (count + 1) * sizeof *to, 0);
  for (int64_t i = 0; i < count; i++) {
    lua_rawgeti(L, -2, i + 1);
    to[i] = luaL_checknumber(L, -1);
    lua_pop(L, 1);
  }
  return to;
}

static double *doubles (lua_State *L, const DLTensor *t) {
  int64_t n = tensor_count(t);
  double *to = lua_newuserdatauv(L, (size_t) (n + 1) * sizeof *to, 0);
  for (int64_t i = 0; i < n; i++)
    to[i] = tensor_get(t, i);
  return to;
}

static double window (const tapped *t, int64_t n, int64_t k, int64_t i, int64_t j) {
  const int64_t *row = t->row + i * t->kernel[0], *column = t->column + j * t->kernel[1];
  const int64_t *weight = t->weight + k * t->channels * t->kernel[0] * t->kernel[1];
  double sum = 0;
  for (int64_t c = 0; c < t->channels; c++) {
    const int64_t channel = t->channel[k * t->channels + c];
    const double *plane =
        t->values + (t->image[n] * t->x_channels + channel) * t->plane[0] * t->plane[1];
    for (int64_t r = 0; r < t->kernel[0]; r++)
      for (int64_t s = 0; s < t->kernel[1]; s++, weight++)
        if (channel >= 0 && row[r] >= 0 && column[s] >= 0 && *weight >= 0)
          sum += plane[row[r] * t->plane[1] + column[s]] * t->w[*weight];
  }
  return sum;
}

static void read_sizes (lua_State *L, tapped *t) {
  t->images = field(L, "images");
  t->outs = field(L, "outs");
  t->rows = field(L, "rows");
  t->columns = field(L, "columns");
  t->channels = field(L, "channels");
  t->kernel[0] = field(L, "kernel_rows");
  t->kernel[1] = field(L, "kernel_columns");
}

/* Reads the maps at index 1 for the input and the weight at 2 and 3. The memory that it points to
   stays on the stack. */
static tapped read_taps (lua_State *L) {
  tapped t = { .x = api_tensor(L, 2) };
  const DLTensor *weight = api_tensor(L, 3);
  luaL_checktype(L, 1, LUA_TTABLE);
  if (t.x->ndim != 4)
    api_usage(L, "taps: an input [N, C, H, W] is expected");
  if (t.x->dtype.code == kDLComplex)
    api_usage(L, "taps: complex tensors are not followed");
  luaL_checkstack(L, 30, "taps");
  read_sizes(L, &t);
  t.x_images = t.x->shape[0];
  t.x_channels = t.x->shape[1];
  memcpy(t.plane, t.x->shape + 2, sizeof t.plane);
  t.weights = tensor_count(weight);
  t.image = list(L, "image", t.images, t.x_images);
  t.row = list(L, "row", t.rows * t.kernel[0], t.plane[0]);
  t.column = list(L, "column", t.columns * t.kernel[1], t.plane[1]);
  t.channel = list(L, "channel", t.outs * t.channels, t.x_channels);
  t.weight = list(L, "weight", t.outs * t.channels * t.kernel[0] * t.kernel[1], t.weights);
  t.bias = numbers_of(L, "bias", t.images * t.outs);
  lua_getfield(L, 1, "overwrites");
  t.overwrites = lua_toboolean(L, -1);
  lua_pop(L, 1);
  t.values = doubles(L, t.x);
  t.w = doubles(L, weight);
  return t;
}

/* oracle.taps ({images =, outs =, rows =, columns =, channels =, kernel_rows =, kernel_columns =,
   image =, row =, column =, channel =, weight = lists of indices from 0, bias = numbers},
   input, weight)
   -> the sums, float64, [images, outs, rows, columns] */
int api_taps (lua_State *L) {
  const DLDataType real = { kDLFloat, 64, 1 };
  const tapped t = read_taps(L);
  double *to = api_new_tensor(L, real, 4, (int64_t[]){ t.images, t.outs, t.rows, t.columns })->data;
  for (int64_t n = 0; n < t.images; n++)
    for (int64_t k = 0; k < t.outs; k++)
      for (int64_t i = 0; i < t.rows; i++)
        for (int64_t j = 0; j < t.columns; j++)
          *to++ =
              (t.bias ? t.bias[n * t.outs + k] : 0) + (t.image[n] < 0 ? 0 : window(&t, n, k, i, j));
  return 1;
}

/* Adds the products of one window to both gradients. g is the gradient of its output element. */
static void spread (const tapped *t, const int64_t at[4], double g, double *to_x, double *to_w) {
  const int64_t *row = t->row + at[2] * t->kernel[0], *column = t->column + at[3] * t->kernel[1];
  const int64_t *weight = t->weight + at[1] * t->channels * t->kernel[0] * t->kernel[1];
  for (int64_t c = 0; c < t->channels; c++) {
    const int64_t channel = t->channel[at[1] * t->channels + c];
    const int64_t plane = (t->image[at[0]] * t->x_channels + channel) * t->plane[0] * t->plane[1];
    for (int64_t r = 0; r < t->kernel[0]; r++)
      for (int64_t s = 0; s < t->kernel[1]; s++, weight++) {
        if (channel < 0 || row[r] < 0 || column[s] < 0 || *weight < 0)
          continue;
        const int64_t x = plane + row[r] * t->plane[1] + column[s];
        to_x[x] = (t->overwrites ? 0 : to_x[x]) + g * t->w[*weight];
        to_w[*weight] = (t->overwrites ? 0 : to_w[*weight]) + g * t->values[x];
      }
  }
}

/* oracle.taps_backward (maps, input, weight, grad_output) -> the gradients of input and weight,
   float64; with maps.overwrites the last product alone */
int api_taps_backward (lua_State *L) {
  const DLDataType real = { kDLFloat, 64, 1 };
  const DLTensor *weight = api_tensor(L, 3), *grad = api_tensor(L, 4);
  const tapped t = read_taps(L);
  if (tensor_count(grad) != t.images * t.outs * t.rows * t.columns)
    return api_usage(L, "taps_backward: the gradient has not the output's size");
  double *to_x = api_new_tensor(L, real, 4, t.x->shape)->data;
  double *to_w = api_new_tensor(L, real, weight->ndim, weight->shape)->data;
  int64_t at[4], e = 0;
  for (at[0] = 0; at[0] < t.images; at[0]++)
    for (at[1] = 0; at[1] < t.outs; at[1]++)
      for (at[2] = 0; at[2] < t.rows; at[2]++)
        for (at[3] = 0; at[3] < t.columns; at[3]++, e++)
          if (t.image[at[0]] >= 0)
            spread(&t, at, tensor_get(grad, e), to_x, to_w);
  return 2;
}
