/* conv2d_oracle.h: the right answer for torch.nn.Conv2d.

   Every floating-point element is the exact sum, rounded once to its type (to nearest, ties to
   even); every integer element is the exact sum modulo 2^bits. Of complex64 and complex128 each
   part is the exact sum of its real products, (ac - bd) and (ad + bc), rounded once. The answer
   depends on nothing else: no order of summation, compiler or machine. Link with `pkg-config --libs
   conv2d-oracle`.

     #include <conv2d_oracle.h>
     ...
     const char *clause;
     if (conv2d_oracle_forward (&params, &input, &weight, &bias, &output, NULL, &clause))
       fprintf (stderr, "rejected by %s\n", clause);

   Tensors are DLTensors as in conv2d_abi.h, with any strides; `strides` may be NULL here (compact,
   row-major) and `byte_offset` is honoured. No function keeps a pointer, writes to an input, prints
   or has state; all may be called from several threads at once. */

#ifndef CONV2D_ORACLE_H
#define CONV2D_ORACLE_H

#include "conv2d_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Marks the functions that the library exports; it exports nothing else. */
#if defined __GNUC__
#define CONV2D_ORACLE_API __attribute__((visibility("default")))
#else
#define CONV2D_ORACLE_API
#endif

/* What is known about each element of a result besides its value. Each array has as many elements
   as the tensor, in row-major order, or is NULL if it is not wanted. A complex element has two of
   each, the real part's first. */
typedef struct conv2d_detail {
  double *exact;        /* the sum before rounding, with an error of at most
                           2^-51 * (terms + 3) * scale; of float64 the rounded value itself, of
                           integers the wrapped value */
  double *scale;        /* S = sum of |product| + |bias|, with at most the same relative error;
                           infinity where float64 cannot hold it */
  int64_t *terms;       /* how many products were added, plus one for the bias */
  unsigned char *flags; /* enum conv2d_flag */
} conv2d_detail;

enum conv2d_flag {
  /* A tap in zero padding meets an infinite or NaN weight: NaN is right, too (SPECIAL-4). */
  CONV2D_PADDING_TIMES_NONFINITE = 1 << 0
};

/* Whether this process can compute the right answer. Returns NULL if it can, else a sentence that
   says what is wrong (rounding not to nearest, subnormals flushed, x87 excess precision). Call it
   once at start. */
CONV2D_ORACLE_API const char *conv2d_oracle_environment (void);

/* A call, with everything in it that a clause of specs/ may reject. Each tensor may be NULL. A
   tensor other than the input may have a negative ndim: it then has the shape that the call
   implies, and only its dtype is checked. `data` is never read. */
typedef struct conv2d_call {
  size_t size;                   /* sizeof (conv2d_call) */
  uint32_t direction;            /* CONV2D_FORWARD, CONV2D_BACKWARD, CONV2D_INIT; 0: output_shape */
  const conv2d_params *params;   /* not NULL */
  const DLTensor *input;         /* NULL: only the layer is checked */
  const DLTensor *weight, *bias; /* NULL: as the parameters imply */
  const DLTensor *output;        /* offered for the result; of backward, grad_output */
  const DLTensor *grad_input;    /* offered for the gradients */
  const DLTensor *grad_weight, *grad_bias;
} conv2d_call;

/* What specs/ say of a call.
   output_ndim       receives 3 or 4; 0 without an input
   output_shape      receives the shape of the output, 4 elements at most
   clause            receives the id of the first clause that the call breaks, as "VALID-3". If
                     the call is valid only by a quirk of torch (zero in_channels, negative padding
                     that crops), it receives the clause of the quirk; else NULL. The string is
                     static. The pointer `clause` itself must not be NULL.
   Returns CONV2D_OK; CONV2D_INVALID; CONV2D_UNSUPPORTED for fresh parameters of an integer dtype,
   as specs/ say nothing about them; CONV2D_FAILED where `params` is not set or `direction` is none
   of these. Only CONV2D_OK sets the shape. All arithmetic is checked for 64-bit overflow. */
CONV2D_ORACLE_API int32_t conv2d_oracle_check_call (const conv2d_call *call, int32_t *output_ndim,
                                                    int64_t output_shape[4], const char **clause);

/* The same for a call of forward. Returns CONV2D_OK or CONV2D_INVALID. */
CONV2D_ORACLE_API int32_t conv2d_oracle_check (const conv2d_params *p, const DLTensor *input,
                                               const DLTensor *weight, const DLTensor *bias,
                                               const DLTensor *output, int32_t *output_ndim,
                                               int64_t output_shape[4], const char **clause);

/* output = conv2d (input, weight) + bias, correctly rounded.
   bias     NULL where p->bias is 0
   output   allocated by the caller, with the shape that conv2d_oracle_check gives
   detail   NULL, or where to put more about each element
   clause   as above; may be NULL
   Returns CONV2D_OK, CONV2D_INVALID (nothing written), CONV2D_UNSUPPORTED (a dtype that the oracle
   does not know: anything but float32, float64, float16, bfloat16, int8, uint8, int16, int32,
   int64, float8_e4m3fn, float8_e5m2, complex64, complex128), CONV2D_FAILED (out of memory). */
CONV2D_ORACLE_API int32_t conv2d_oracle_forward (const conv2d_params *p, const DLTensor *input,
                                                 const DLTensor *weight, const DLTensor *bias,
                                                 DLTensor *output, const conv2d_detail *detail,
                                                 const char **clause);

/* The same function, written as the clauses are, and slow. conv2d_oracle_forward must equal it bit
   for bit, in `detail` too. Only exact and scale may differ: here they are correctly rounded. */
CONV2D_ORACLE_API int32_t conv2d_oracle_forward_definition (
    const conv2d_params *p, const DLTensor *input, const DLTensor *weight, const DLTensor *bias,
    DLTensor *output, const conv2d_detail *detail, const char **clause);

/* The gradients of sum (grad_output * forward (input)), correctly rounded (BACK-*). Complex ones
   are PyTorch's: grad_output meets the conjugate of the other factor. grad_input, grad_weight,
   grad_bias   NULL for a gradient that is not wanted detail   NULL, or three, for grad_input,
   grad_weight and grad_bias in this order Integer dtypes: CONV2D_INVALID (BACK-6). Returns as
   conv2d_oracle_forward. */
CONV2D_ORACLE_API int32_t conv2d_oracle_backward (const conv2d_params *p, const DLTensor *input,
                                                  const DLTensor *weight,
                                                  const DLTensor *grad_output, DLTensor *grad_input,
                                                  DLTensor *grad_weight, DLTensor *grad_bias,
                                                  const conv2d_detail detail[3],
                                                  const char **clause);

CONV2D_ORACLE_API int32_t conv2d_oracle_backward_definition (
    const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
    const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight, DLTensor *grad_bias,
    const conv2d_detail detail[3], const char **clause);

/* The bound of the uniform distribution of fresh parameters, 1 / sqrt (fan_in), with
   fan_in = in_channels / groups * kernel_size[0] * kernel_size[1] (INIT-1). 0 where fan_in is 0. */
CONV2D_ORACLE_API double conv2d_oracle_init_bound (const conv2d_params *p);

/* Parameters drawn from that distribution, weight before bias. They depend on the seed alone. */
CONV2D_ORACLE_API int32_t conv2d_oracle_init_parameters (const conv2d_params *p, uint64_t seed,
                                                         DLTensor *weight, DLTensor *bias);

#ifdef __cplusplus
}
#endif

#endif
