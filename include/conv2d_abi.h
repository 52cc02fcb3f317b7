/* conv2d_abi.h: all that an implementation under test sees of conv2d-cts.

   An implementation is a shared object that defines one data symbol, `conv2d_subject`, with the
   macro CONV2D_IMPLEMENT. The symbol is data, so that its `abi` is read before anything is called.
   The semantics behind these declarations are those of torch.nn.Conv2d, clause by clause in specs/.

   The header needs the C library and <dlpack/dlpack.h> (Debian: libdlpack-dev). It compiles as C11,
   C17 and C++17. */

#ifndef CONV2D_ABI_H
#define CONV2D_ABI_H

#include <dlpack/dlpack.h>

/* Codes of DLDataType that DLPack has named since its version 1.1. */
#if !defined DLPACK_MAJOR_VERSION || DLPACK_MAJOR_VERSION < 1                                      \
    || (DLPACK_MAJOR_VERSION == 1 && DLPACK_MINOR_VERSION < 1)
#define kDLFloat8_e4m3fn 10
#define kDLFloat8_e5m2 12
#endif
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of this interface. It is raised only when an existing field changes its meaning. A field
   that is appended does not raise it: `conv2d_implementation.size` shows whether it is there. */
#define CONV2D_ABI 1

/* What every function below returns. */
enum conv2d_status {
  CONV2D_OK = 0,          /* done: the outputs hold the answer */
  CONV2D_UNSUPPORTED = 1, /* valid, but not offered: counted as a skip; last_error is the reason */
  CONV2D_INVALID = 2,     /* the call breaks a rule of specs/; no output was written */
  CONV2D_FAILED = 3       /* anything else; never right for a valid call */
};

/* Which form the argument `padding` had. */
enum conv2d_padding_kind {
  CONV2D_PADDING_EXPLICIT = 0, /* an int or a pair: padding[] on both sides of each axis */
  CONV2D_PADDING_VALID = 1,    /* 'valid': none; padding[] is {0, 0} */
  CONV2D_PADDING_SAME = 2 /* 'same': d*(k-1) in all, the smaller half first; padding[] is {0, 0} */
};

/* The argument `padding_mode`. */
enum conv2d_padding_mode {
  CONV2D_ZEROS = 0,
  CONV2D_REFLECT = 1,   /* mirrored at the edge, the edge itself not repeated */
  CONV2D_REPLICATE = 2, /* the edge repeated */
  CONV2D_CIRCULAR = 3   /* the opposite side */
};

/* The arguments of torch.nn.Conv2d in its order, each int made a pair: {height, width}.
   A call may hold any values at all: the suite passes invalid ones, too, to test rejections. */
typedef struct conv2d_params {
  int64_t in_channels;
  int64_t out_channels;
  int64_t kernel_size[2];
  int64_t stride[2];
  int64_t padding[2]; /* see padding_kind */
  int64_t dilation[2];
  int64_t groups;
  int32_t bias;         /* 1 if the layer has a bias, else 0 */
  int32_t padding_mode; /* enum conv2d_padding_mode */
  DLDevice device;      /* where the tensors are: {kDLCPU, 0} without a memory table */
  DLDataType dtype;     /* of every tensor; lanes is 1 */
  int32_t padding_kind; /* enum conv2d_padding_kind */
} conv2d_params;

/* Bits of conv2d_implementation.claims: what a subject says of itself, and is then held to. */
enum conv2d_claim {
  CONV2D_CHECKS_PARAMETERS = 1 << 0, /* answers CONV2D_INVALID to what specs/ reject (VALID-*) */
  CONV2D_TRANSFORM = 1 << 1, /* computes by Winograd, FFT or the like: JUDGE-5's wider bound */
  CONV2D_FLUSHES_SUBNORMALS = 1 << 2, /* takes or gives subnormals as zero (SPECIAL-6) */
  CONV2D_TORCH_QUIRKS = 1 << 3,       /* follows torch in the clauses of class `quirk`, too */

  /* The bits of an image's output do not depend on ... (`conv2d-cts invariances` judges these) */
  CONV2D_BATCH_INVARIANT = 1 << 4,      /* ... how many images are in the batch */
  CONV2D_NEIGHBOUR_INVARIANT = 1 << 5,  /* ... what the other images are */
  CONV2D_REPETITION_INVARIANT = 1 << 6, /* ... how often the call has been made */
  CONV2D_LAYOUT_INVARIANT = 1 << 7,     /* ... the layout of the tensors */
  CONV2D_ALIGNMENT_INVARIANT = 1 << 8,  /* ... their alignment */
  CONV2D_THREAD_INVARIANT = 1 << 9      /* ... how many threads the subject may use */
};

/* Bits of conv2d_implementation.own: what the adapter computes itself, as the library has no such
   thing. Tables show it as the adapter's own, and no success there is the library's. */
enum conv2d_own {
  CONV2D_OWN_SHAPE = 1 << 0,    /* output_shape; the library is not asked */
  CONV2D_OWN_BIAS = 1 << 1,     /* adds the bias, or sums its gradient */
  CONV2D_OWN_PADDING = 1 << 2,  /* pads the input */
  CONV2D_OWN_LAYOUT = 1 << 3,   /* copies elements into the order that the library wants */
  CONV2D_OWN_STRIDE = 1 << 4,   /* picks from the output of stride 1 */
  CONV2D_OWN_DILATION = 1 << 5, /* spreads the weight, or splits the input */
  CONV2D_OWN_GROUPS = 1 << 6,   /* one call of the library for each group */
  CONV2D_OWN_SUMS = 1 << 7,     /* adds up channels, or gradients of images */
  CONV2D_OWN_SAME = 1 << 8      /* works out what 'same' pads on each side */
};

/* Bits of conv2d_capabilities.dtypes. */
enum conv2d_dtype_bit {
  CONV2D_F32 = 1 << 0,
  CONV2D_F64 = 1 << 1,
  CONV2D_F16 = 1 << 2,
  CONV2D_BF16 = 1 << 3,
  CONV2D_I8 = 1 << 4,
  CONV2D_U8 = 1 << 5,
  CONV2D_I16 = 1 << 6,
  CONV2D_I32 = 1 << 7,
  CONV2D_I64 = 1 << 8,
  CONV2D_F8E4M3FN = 1 << 9,
  CONV2D_F8E5M2 = 1 << 10,
  CONV2D_C64 = 1 << 11,
  CONV2D_C128 = 1 << 12
};

/* Bits of conv2d_implementation.int32_sums: of which dtypes of input and weight it gives the sums
   as they are, in an int32 output (DTYPE-11). The bias is then int32, too; conv2d_params.dtype is
   the input's, and that of the weight is in its DLTensor. There is no backward. A subject that sets
   it and no capabilities.dtypes offers nothing else. */
enum conv2d_int32_sum {
  CONV2D_I8_I8 = 1 << 0, /* int8 input, int8 weight */
  CONV2D_U8_I8 = 1 << 1, /* uint8 input, int8 weight */
  CONV2D_U8_U8 = 1 << 2,
  CONV2D_I8_U8 = 1 << 3
};

/* Bits of conv2d_capabilities.layouts: how the elements of a tensor lie in memory. */
enum conv2d_layout_bit {
  CONV2D_NCHW = 1 << 0,       /* compact, row-major: the default */
  CONV2D_NHWC = 1 << 1,       /* channels last */
  CONV2D_GAPS = 1 << 2,       /* rows and planes padded to larger strides */
  CONV2D_REVERSED = 1 << 3,   /* negative strides */
  CONV2D_BROADCAST = 1 << 4,  /* strides of zero (inputs only) */
  CONV2D_ODD = 1 << 5,        /* compact, but aligned to one element only */
  CONV2D_SLICE = 1 << 6,      /* some channels of a larger tensor: a gap after each image */
  CONV2D_NHWC_SLICE = 1 << 7, /* the same of channels last: a gap after each pixel */
  CONV2D_MIXED = 1 << 8,      /* input and its gradient channels last, all else compact */
  CONV2D_CROSSED = 1 << 9     /* weight and output channels last, the input compact */
};

/* Bits of conv2d_capabilities.directions. */
enum conv2d_direction_bit {
  CONV2D_FORWARD = 1 << 0,
  CONV2D_BACKWARD = 1 << 1,
  CONV2D_INIT = 1 << 2
};

/* What a subject offers. The cases that it offers are run; the others are skipped without a call.
   A mask of 0 declares nothing: every case is then run, and the subject answers
   CONV2D_UNSUPPORTED to those that it does not offer. */
typedef struct conv2d_capabilities {
  uint32_t dtypes;        /* enum conv2d_dtype_bit */
  uint32_t layouts;       /* enum conv2d_layout_bit */
  uint32_t padding_modes; /* 1 << enum conv2d_padding_mode */
  uint32_t directions;    /* enum conv2d_direction_bit */
} conv2d_capabilities;

/* The shape of the output, [N, C, H, W] or [C, H, W].
   p       the parameters
   ndim    length of input and of output
   input   shape of the input
   output  receives the shape; stays untouched unless the function returns CONV2D_OK */
typedef int32_t conv2d_output_shape_fn (const conv2d_params *p, int32_t ndim, const int64_t *input,
                                        int64_t *output);

/* output = conv2d (input, weight) + bias.
   input   [N, in_channels, H, W], or [in_channels, H, W] unbatched
   weight  [out_channels, in_channels / groups, kernel_size[0], kernel_size[1]]
   bias    [out_channels], or NULL where p->bias is 0
   output  [N, out_channels, OH, OW] or unbatched: allocated by the caller, to be filled

   For every DLTensor this holds: `data` points at the element with all indices 0 (NULL if there are
   none) and is aligned to its element, no more. `strides` is never NULL and counts elements; the
   strides of inputs may be zero or negative. `byte_offset` is 0 unless a memory table says
   otherwise (CONV2D_MEMORY_HANDLES).
   The function must not write to an input, nor touch anything outside the elements of a tensor,
   nor keep a pointer after its return. With a memory table it may return while its work still waits
   in the stream of the calling thread: conv2d_memory.synchronize is called next. */
typedef int32_t conv2d_forward_fn (const conv2d_params *p, const DLTensor *input,
                                   const DLTensor *weight, const DLTensor *bias, DLTensor *output);

/* The gradients of sum (grad_output * forward (input)). They overwrite what the tensors hold; they
   are not added to it. grad_input, grad_weight, grad_bias have the shapes of input, weight and
   bias. NULL stands for a gradient that is not wanted; grad_bias is NULL where p->bias is 0. */
typedef int32_t conv2d_backward_fn (const conv2d_params *p, const DLTensor *input,
                                    const DLTensor *weight, const DLTensor *grad_output,
                                    DLTensor *grad_input, DLTensor *grad_weight,
                                    DLTensor *grad_bias);

/* Fresh parameters as nn.Conv2d initialises them (INIT-*). The same seed gives the same values,
   another seed gives others. bias is NULL where p->bias is 0. */
typedef int32_t conv2d_init_parameters_fn (const conv2d_params *p, uint64_t seed, DLTensor *weight,
                                           DLTensor *bias);

/* Why the last call of this thread did not return CONV2D_OK: a sentence, valid until the next
   call, or NULL. */
typedef const char *conv2d_last_error_fn (void);

/* What is so of the last call of this thread, which returned CONV2D_OK, beyond what `claims` say of
   every call: 0, or CONV2D_TRANSFORM where the library chose a transform for it. */
typedef uint32_t conv2d_call_claims_fn (void);

/* Bits of conv2d_memory.features. */
enum conv2d_memory_feature {
  /* What `allocate` gives is a handle (cl_mem), to which nothing can be added. DLTensor.data is
     then the handle, and DLTensor.byte_offset leads to the element with all indices 0. */
  CONV2D_MEMORY_HANDLES = 1 << 0,
  /* Right before and right after what `allocate` gives nothing can be touched: the device faults
     there, and `synchronize` says so. A tensor then lies against that edge. Without this bit the
     suite finds what was written beside a tensor, but what was read only by the result. */
  CONV2D_MEMORY_GUARDED = 1 << 1
};

/* The last argument of conv2d_memory.copy. */
enum conv2d_copy { CONV2D_TO_DEVICE = 0, CONV2D_TO_HOST = 1 };

/* Memory that is not the host's: the suite makes, fills and reads every tensor through this table,
   and no tensor of a call lies elsewhere. Without a table the tensors are in the host's memory.
   Functions that return int32_t return an enum conv2d_status; any other value than CONV2D_OK is an
   error of the call that is in progress. They are called by the threads that call the subject, and
   may be called by several at once. What they enqueue goes to the calling thread's stream, in order
   with what the subject enqueues there. */
typedef struct conv2d_memory {
  uint32_t size;     /* sizeof (conv2d_memory): fields may be appended */
  uint32_t features; /* enum conv2d_memory_feature */
  DLDevice device;   /* where the memory is, unless --device asks for another */

  /* Bytes: a power of two from 64 to 256 MiB. `allocate` is asked for multiples of it, and what it
     gives begins at a multiple of it. */
  size_t granularity;

  /* Makes `device` the one that all that follows is about, before anything else is called. It may
     set the other fields of the table by what the device offers: they are read again.
     CONV2D_UNSUPPORTED: there is no such device. NULL: there is `device` only. */
  int32_t (*choose)(DLDevice device);

  /* Memory that can be read and written by kernels, or NULL if there is none. The host need not be
     able to touch it. */
  void *(*allocate)(size_t bytes);
  int32_t (*release)(void *memory);

  /* Copies `bytes` between `host` and the memory, from `offset` of it on. May return before it is
     done: `host` stays as it is until `synchronize` has returned. */
  int32_t (*copy)(void *memory, size_t offset, void *host, size_t bytes, int32_t direction);

  /* Lays the four bytes of `word`, as they lie in the host's memory, over and over. `offset` and
     `bytes` are multiples of four. May return before it is done. */
  int32_t (*fill)(void *memory, size_t offset, uint32_t word, size_t bytes);

  /* Waits for the stream of the calling thread, or with `everything` for all that the device was
     ever asked to do. NULL, or in words what has gone wrong since the last call, valid until the
     next: a launch that failed, an address that is not there. An error that lasts is returned each
     time. */
  const char *(*synchronize)(int32_t everything);

  /* After an error: makes the device as new. What was allocated is gone, and is not released.
     Anything but CONV2D_OK, or no function: the process is ended, and another goes on. */
  int32_t (*reset)(void);

  /* With --threads: gives the calling thread a stream of its own, from 1 on. NULL: all threads
     share one. */
  int32_t (*stream)(int32_t number);
} conv2d_memory;

/* Behind a field that was appended: C++ fills it if an initialiser ends before it. */
#ifdef __cplusplus
#define CONV2D_APPENDED                                                                            \
  {}
#else
#define CONV2D_APPENDED
#endif

/* An implementation under test. Fields from `description` on may be 0 or NULL. */
typedef struct conv2d_implementation {
  uint32_t abi;        /* CONV2D_ABI; set by CONV2D_IMPLEMENT */
  uint32_t size;       /* sizeof (conv2d_implementation); set by CONV2D_IMPLEMENT */
  const char *name;    /* of the library, as its makers spell it */
  const char *version; /* of the library */
  conv2d_output_shape_fn *output_shape;
  conv2d_forward_fn *forward;
  const char *description; /* a line: which algorithm, what the adapter itself contributes */
  const char *url;
  uint32_t claims;   /* enum conv2d_claim */
  size_t read_slack; /* bytes that may be read, not used, past the end of an input (XNNPACK: 16) */
  const conv2d_capabilities *capabilities;
  conv2d_backward_fn *backward;               /* NULL: not offered, its cases are skipped */
  conv2d_init_parameters_fn *init_parameters; /* likewise */
  conv2d_last_error_fn *last_error;
  uint32_t own CONV2D_APPENDED; /* enum conv2d_own */
  /* A line: on what else results depend (instruction set, threads, flags). It may be a buffer that
     is filled while the subject is loaded. */
  const char *environment CONV2D_APPENDED;
  conv2d_call_claims_fn *call_claims CONV2D_APPENDED;
  /* How it computes where that is not what specs/judge.md takes for granted, in the words of
     specs/numerics.md: "tf32", or "float16: accumulator=float16,store-every=64". */
  const char *numerics CONV2D_APPENDED;
  const conv2d_memory *memory CONV2D_APPENDED; /* NULL: the tensors are in the host's memory */
  uint32_t int32_sums CONV2D_APPENDED;         /* enum conv2d_int32_sum; 0: none */
  /* How many processes a run starts of it if the user does not say: 1 if they would only take turns
     on one device or one line. 0: one a processor, or 1 with a memory table. 64 at most. */
  int32_t jobs CONV2D_APPENDED;
} conv2d_implementation;

#if defined _WIN32
#define CONV2D_EXPORT __declspec(dllexport)
#else
#define CONV2D_EXPORT __attribute__((visibility("default")))
#endif

/* The one symbol that the runner looks up. */
extern CONV2D_EXPORT const conv2d_implementation conv2d_subject;

/* Defines it. In C (and C++20), name the fields that you set:

     CONV2D_IMPLEMENT (.name = "mylib", .version = "2.1", .output_shape = shape,
                       .forward = forward);

   In C++17, give the fields in order, from `name` to `last_error` at least:

     CONV2D_IMPLEMENT ("mylib", "2.1", shape, forward, nullptr, nullptr, 0, 0, nullptr, nullptr,
                       nullptr, nullptr); */
#ifdef __cplusplus
#define CONV2D_IMPLEMENT(...)                                                                      \
  extern "C" const conv2d_implementation conv2d_subject = {                                        \
    CONV2D_ABI, (uint32_t) sizeof(conv2d_implementation), __VA_ARGS__                              \
  }
#else
#define CONV2D_IMPLEMENT(...)                                                                      \
  const conv2d_implementation conv2d_subject = { .abi = CONV2D_ABI,                                \
                                                 .size = (uint32_t) sizeof(conv2d_implementation), \
                                                 __VA_ARGS__ }
#endif

#ifdef __cplusplus
}
#endif

#endif
