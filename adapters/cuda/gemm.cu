/* gemm.cu: convolution as a product of matrices that are never formed, on tensor cores.
   A warp computes a tile: 16 output channels of a group at 16 places of the output. float32 is
   rounded to TF32 first; float16 and bfloat16 are multiplied as they are; sums are float. Forward,
   any layout, groups, dilation and padding mode. A tap in the padding is a 0 that is multiplied, so
   an infinite weight there makes a NaN. */

#include <cstdint>

#include "launch.h"
#include "numbers.h"

#include <mma.h>

#define LONG int64_t
#define GLOBAL
#define DEVICE static inline __host__ __device__
#define ELEMENT template <typename REAL> DEVICE
#define SUM typename sum_of<REAL>::type
#define LOAD(x) load(x)
#define STORE(x) stored<REAL>(x)
#include "../device/direct.h"
#include "../device/layer.h"

namespace wmma = nvcuda::wmma;

enum { TILE = 16, WARP = 32, MOST_TILES = 65535 };

/* What the cores take for a type of elements, and how many products deep. */
template <typename REAL> struct core {
  using type = REAL;
  enum { DEPTH = 16 };
};
template <> struct core<float> {
  using type = wmma::precision::tf32;
  enum { DEPTH = 8 };
};

template <typename F> static __device__ void round_all (F &fragment, float) {
  for (int i = 0; i < fragment.num_elements; i++)
    fragment.x[i] = wmma::__float_to_tf32(fragment.x[i]);
}

template <typename F, typename T> static __device__ void round_all (F &, T) {
}

/* ---- the two matrices: out_channels by products, products by places of the output */

/* Where product q lies: a channel of the group, and a tap. */
struct product_place {
  int64_t c, r, s;
};

static __device__ product_place product_at (const direct_layer *l, int64_t q) {
  product_place p;
  p.s = q % l->kernel_size[1];
  p.r = q / l->kernel_size[1] % l->kernel_size[0];
  p.c = q / (l->kernel_size[1] * l->kernel_size[0]);
  return p;
}

template <typename REAL>
static __device__ REAL weight_at (const direct_layer *l, int64_t k, int64_t q, const REAL *w) {
  const product_place p = product_at(l, q);
  return w[k * l->w[0] + p.c * l->w[1] + p.r * l->w[2] + p.s * l->w[3]];
}

template <typename REAL>
static __device__ REAL input_at (const direct_layer *l, int64_t first, int64_t q, int64_t place,
                                 const REAL *x) {
  const product_place p = product_at(l, q);
  const int64_t j = place % l->output[1], i = place / l->output[1] % l->output[0];
  const int64_t n = place / (l->output[1] * l->output[0]);
  const int64_t h = direct_source(l, 0, i, p.r), v = direct_source(l, 1, j, p.s);
  if (h < 0 || v < 0)
    return stored<REAL>(0);
  return x[n * l->x[0] + (first + p.c) * l->x[1] + h * l->x[2] + v * l->x[3]];
}

/* ---- the kernel: blockIdx is the tile of places, the tile of channels, the group */

template <typename REAL>
static __global__ void gemm_kernel (direct_layer l, const REAL *x, const REAL *w, const REAL *bias,
                                    REAL *y) {
  constexpr int depth = core<REAL>::DEPTH;
  __shared__ REAL a[TILE * depth];
  __shared__ REAL b[depth * TILE];
  __shared__ float c[TILE * TILE];
  wmma::fragment<wmma::matrix_a, TILE, TILE, depth, typename core<REAL>::type, wmma::row_major> fa;
  wmma::fragment<wmma::matrix_b, TILE, TILE, depth, typename core<REAL>::type, wmma::row_major> fb;
  wmma::fragment<wmma::accumulator, TILE, TILE, depth, float> fc;
  const int lane = static_cast<int>(threadIdx.x);
  const int64_t group = blockIdx.z, outputs = l.out_channels / l.groups;
  const int64_t channels = l.in_channels / l.groups;
  const int64_t products = channels * l.kernel_size[0] * l.kernel_size[1];
  const int64_t places = l.images * l.output[0] * l.output[1];
  const int64_t row = int64_t{ TILE } * blockIdx.y, column = int64_t{ TILE } * blockIdx.x;

  wmma::fill_fragment(fc, 0.0f);
  for (int64_t q = 0; q < products; q += depth) {
    for (int i = lane; i < TILE * depth; i += WARP) {
      const int64_t k = row + i / depth, at = q + i % depth;
      a[i] = k < outputs && at < products ? weight_at(&l, group * outputs + k, at, w)
                                          : stored<REAL>(0);
    }
    for (int i = lane; i < depth * TILE; i += WARP) {
      const int64_t at = q + i / TILE, place = column + i % TILE;
      b[i] = place < places && at < products ? input_at(&l, group * channels, at, place, x)
                                             : stored<REAL>(0);
    }
    __syncthreads();
    wmma::load_matrix_sync(fa, a, depth);
    wmma::load_matrix_sync(fb, b, TILE);
    round_all(fa, REAL());
    round_all(fb, REAL());
    wmma::mma_sync(fc, fa, fb, fc);
    __syncthreads();
  }
  wmma::store_matrix_sync(c, fc, TILE, wmma::mem_row_major);
  __syncthreads();
  for (int i = lane; i < TILE * TILE; i += WARP) {
    const int64_t k = row + i / TILE, place = column + i % TILE;
    if (k >= outputs || place >= places)
      continue;
    const int64_t channel = group * outputs + k, plane = l.output[0] * l.output[1];
    const int64_t n = place / plane, h = place / l.output[1] % l.output[0], v = place % l.output[1];
    const float sum = l.has_bias ? c[i] + load(bias[channel * l.b]) : c[i];
    y[n * l.y[0] + channel * l.y[1] + h * l.y[2] + v * l.y[3]] = stored<REAL>(sum);
  }
}

/* ---- the functions of the interface */

static unsigned tiles (int64_t n) {
  return static_cast<unsigned>((n + TILE - 1) / TILE);
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  if (p->groups > MOST_TILES || p->out_channels / TILE >= MOST_TILES)
    return unsupported("more groups or channels than a grid has blocks");
  return shape_of_output(p, ndim, input, output);
}

template <typename REAL>
static void run (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                 const DLTensor *bias, DLTensor *output) {
  const direct_layer l = direct_layer_of(p, input, weight, output, bias);
  const dim3 grid(tiles(l.images * l.output[0] * l.output[1]), tiles(l.out_channels / l.groups),
                  static_cast<unsigned>(l.groups));
  if (direct_count(output) > 0)
    launch(gemm_kernel<REAL>, grid, dim3(WARP), l, static_cast<const REAL *>(input->data),
           static_cast<const REAL *>(weight->data),
           static_cast<const REAL *>(bias ? bias->data : nullptr),
           static_cast<REAL *>(output->data));
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  const auto function = p->dtype.bits == 32          ? run<float>
                        : p->dtype.code == kDLBfloat ? run<__nv_bfloat16>
                                                     : run<__half>;
  function(p, input, weight, bias, output);
  return CONV2D_OK;
}

static const conv2d_capabilities capabilities = { CONV2D_F32 | CONV2D_F16 | CONV2D_BF16, 0,
                                                  1 << CONV2D_ZEROS | 1 << CONV2D_REFLECT
                                                      | 1 << CONV2D_REPLICATE
                                                      | 1 << CONV2D_CIRCULAR,
                                                  CONV2D_FORWARD };

CONV2D_IMPLEMENT("implicit GEMM CUDA", "1", output_shape, forward,
                 "16 by 16 tiles on tensor cores, in the device's memory", nullptr, 0, 0,
                 &capabilities, nullptr, nullptr, last_error, 0, nullptr, nullptr,
                 "tf32-tensor-core; tensor-core", &conv2d_cuda_memory);
