/* onednn.cpp: oneDNN 2.6 (Debian: libdnnl-dev) or 3.x (PyPI: onednn-devel-cpu-gomp).
   The library gets the caller's strides as they are. One source makes several subjects, which
   differ in the algorithm (-DALGORITHM=direct, winograd, auto), in who chooses the memory format:
   the caller (-DPLAIN), or the library, which then reorders tensors before and after, in what it
   may compute float32 in (-DFPMATH=bf16), and in its instructions (-DMAX_ISA=avx2). */

#include "adapter.h"

#include <algorithm>
#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <vector>

#ifndef ALGORITHM
#define ALGORITHM auto
#endif
#define JOIN(a, b) a##b
#define JOINED(a, b) JOIN(a, b)
#define TEXT(token) #token
#define TEXT_OF(macro) TEXT(macro)

using namespace dnnl;

static const dnnl::algorithm chosen = dnnl::algorithm::JOINED(convolution_, ALGORITHM);

#ifdef PLAIN
static const bool caller_chooses_format = true;
#define FORMAT "on the caller's memory format"
#else
static const bool caller_chooses_format = false;
#define FORMAT "on the library's choice of memory format"
#endif

/* The mode allows less precision; the library decides by the processor whether it uses it. */
#ifdef FPMATH
#define ARITHMETIC ", fpmath mode " TEXT_OF(FPMATH)
#define NUMERICS "float32: " TEXT_OF(FPMATH)
#else
#define ARITHMETIC
#define NUMERICS nullptr
#endif
#define DESCRIPTION "algorithm " TEXT_OF(ALGORITHM) ", " FORMAT ARITHMETIC

static primitive_attr attributes () {
  primitive_attr a;
#ifdef FPMATH
  a.set_fpmath_mode(fpmath_mode::FPMATH);
#endif
  return a;
}

static engine open_cpu () {
#ifdef MAX_ISA
  set_max_cpu_isa(cpu_isa::MAX_ISA);
#endif
  return engine(engine::kind::cpu, 0);
}

static engine &cpu () {
  static engine only = open_cpu();
  return only;
}

/* ---- what changed from oneDNN 2 to 3 */

#if DNNL_VERSION_MAJOR < 3
template <typename kind, typename... parts_of>
static typename kind::primitive_desc plan_of (const parts_of &...parts) {
  return { typename kind::desc(parts...), attributes(), cpu() };
}

template <typename kind, typename hint_of, typename... parts_of>
static typename kind::primitive_desc plan_from (const hint_of &hint, const parts_of &...parts) {
  return { typename kind::desc(parts...), attributes(), cpu(), hint };
}

static memory::desc in_any_format (const memory::desc &d) {
  return memory::desc(d.dims(), d.data_type(), memory::format_tag::any);
}
#else
template <typename kind, typename... parts_of>
static typename kind::primitive_desc plan_of (const parts_of &...parts) {
  return { cpu(), parts..., attributes() };
}

template <typename kind, typename hint_of, typename... parts_of>
static typename kind::primitive_desc plan_from (const hint_of &hint, const parts_of &...parts) {
  return { cpu(), parts..., hint, attributes() };
}

static memory::desc in_any_format (const memory::desc &d) {
  return memory::desc(d.get_dims(), d.get_data_type(), memory::format_tag::any);
}
#endif

/* ---- tensors in the library's terms */

/* A tensor of the call; results are written. */
struct operand {
  int arg; /* DNNL_ARG_* */
  bool result;
  mutable memory caller; /* the library's const is not about the contents */

  memory::desc desc () const {
    return caller.get_desc();
  }

  /* What a convolution is planned on. */
  memory::desc planned () const {
    return caller_chooses_format ? desc() : in_any_format(desc());
  }
};

/* Thrown where the library has no way to express something. */
struct not_offered {
  const char *what;
};

static memory::data_type type_of (DLDataType t) {
  switch (t.code << 8 | t.bits) {
  case kDLFloat << 8 | 32: return memory::data_type::f32;
  case kDLBfloat << 8 | 16: return memory::data_type::bf16;
  case kDLInt << 8 | 8: return memory::data_type::s8;
  case kDLUInt << 8 | 8: return memory::data_type::u8;
  case kDLInt << 8 | 32: return memory::data_type::s32;
  default: throw not_offered{ "dtypes other than float32, bfloat16, and int32 sums of bytes" };
  }
}

/* The stride of a batch of one that holds the whole tensor. */
static int64_t span (const DLTensor *t) {
  int64_t most = 1;
  for (int axis = 0; axis < t->ndim; axis++)
    most = std::max(most, t->strides[axis] * t->shape[axis]);
  return most;
}

/* An unbatched tensor is a batch of one; the weight of several groups has an axis more. */
static operand make_operand (int arg, const DLTensor *t, int64_t groups = 1, bool result = false) {
  memory::dims dims, strides;
  if (groups > 1 || t->ndim == 3) {
    dims.push_back(groups);
    strides.push_back(t->ndim == 3 ? span(t) : t->shape[0] / groups * t->strides[0]);
  }
  for (int axis = 0; axis < t->ndim; axis++) {
    if (t->strides[axis] < 0)
      throw not_offered{ "negative strides" };
    dims.push_back(axis == 0 && t->ndim == 4 ? t->shape[axis] / groups : t->shape[axis]);
    strides.push_back(t->strides[axis]);
  }
  return { arg, result, memory({ dims, type_of(t->dtype), strides }, cpu(), t->data) };
}

static thread_local uint32_t claims_of_call;

/* Winograd is what the library may choose by itself, too. */
static void note_algorithm (const primitive_desc &plan) {
  if (strstr(plan.impl_info_str(), "wino") != nullptr)
    claims_of_call = CONV2D_TRANSFORM;
}

static uint32_t call_claims () {
  return claims_of_call;
}

/* Runs what was planned. An operand that has another format than planned is copied. */
static void run (const primitive &convolution, const primitive_desc &plan,
                 const std::vector<operand> &operands) {
  stream s(cpu());
  note_algorithm(plan);
  std::unordered_map<int, memory> args;
  for (const operand &o : operands) {
    memory::desc wanted = plan.query_md(query::exec_arg_md, o.arg);
    args[o.arg] = wanted == o.desc() ? o.caller : memory(wanted, cpu());
    if (wanted != o.desc() && !o.result)
      reorder(o.caller, args[o.arg]).execute(s, o.caller, args[o.arg]);
  }
  convolution.execute(s, args);
  for (const operand &o : operands)
    if (o.result && args[o.arg] != o.caller)
      reorder(args[o.arg], o.caller).execute(s, args[o.arg], o.caller);
  s.wait();
}

/* Strides and paddings; a dilation of 0 is dense here. */
struct geometry {
  memory::dims stride, dilation, before, after;

  explicit geometry(const conv2d_params *p) {
    for (int axis = 0; axis < 2; axis++) {
      stride.push_back(p->stride[axis]);
      dilation.push_back(p->dilation[axis] - 1);
      before.push_back(padding_before(p, axis));
      after.push_back(padding_after(p, axis));
    }
  }
};

static convolution_forward::primitive_desc
plan_forward (const conv2d_params *p, prop_kind kind, const operand &input, const operand &weight,
              const memory::desc &bias, const operand &output) {
  geometry g(p);
  return plan_of<convolution_forward>(kind, chosen, input.planned(), weight.planned(), bias,
                                      output.planned(), g.stride, g.dilation, g.before, g.after);
}

/* ---- the subject */

/* Does the work; what is thrown becomes a status. */
template <typename work_fn> static int32_t guarded (const conv2d_params *p, work_fn work) {
  if (p->padding_mode != CONV2D_ZEROS)
    return unsupported("padding modes other than zeros");
  claims_of_call = 0;
  try {
    work();
    return CONV2D_OK;
  } catch (const not_offered &e) {
    return unsupported(e.what);
  } catch (const error &e) {
    return refuse(e.status == dnnl_unimplemented ? CONV2D_UNSUPPORTED : CONV2D_FAILED, e.what());
  }
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  int32_t status = guarded(p, [] {});
  return status == CONV2D_OK ? shape_of_output(p, ndim, input, output) : status;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  return guarded(p, [=] {
    if (p->dtype.bits == 8 && output->dtype.bits != 32)
      throw not_offered{ "sums of bytes that are not int32" };
    std::vector<operand> o = { make_operand(DNNL_ARG_SRC, input),
                               make_operand(DNNL_ARG_WEIGHTS, weight, p->groups),
                               make_operand(DNNL_ARG_DST, output, 1, true) };
    memory::desc no_bias;
    if (bias != nullptr)
      o.push_back(make_operand(DNNL_ARG_BIAS, bias));
    auto plan = plan_forward(p, prop_kind::forward_inference, o[0], o[1],
                             bias != nullptr ? o[3].planned() : no_bias, o[2]);
    run(convolution_forward(plan), plan, o);
  });
}

/* grad_input from grad_output and weight. */
static void run_backward_data (const conv2d_params *p, const DLTensor *weight,
                               const DLTensor *grad_output, DLTensor *grad_input) {
  geometry g(p);
  std::vector<operand> o = { make_operand(DNNL_ARG_DIFF_SRC, grad_input, 1, true),
                             make_operand(DNNL_ARG_WEIGHTS, weight, p->groups),
                             make_operand(DNNL_ARG_DIFF_DST, grad_output) };
  auto hint = plan_forward(p, prop_kind::forward_training, o[0], o[1], memory::desc(), o[2]);
  auto plan =
      plan_from<convolution_backward_data>(hint, chosen, o[0].planned(), o[1].planned(),
                                           o[2].planned(), g.stride, g.dilation, g.before, g.after);
  run(convolution_backward_data(plan), plan, o);
}

/* grad_weight and, unless NULL, grad_bias from grad_output and input. */
static void run_backward_weights (const conv2d_params *p, const DLTensor *input,
                                  const DLTensor *grad_output, DLTensor *grad_weight,
                                  DLTensor *grad_bias) {
  geometry g(p);
  std::vector<operand> o = { make_operand(DNNL_ARG_SRC, input),
                             make_operand(DNNL_ARG_DIFF_WEIGHTS, grad_weight, p->groups, true),
                             make_operand(DNNL_ARG_DIFF_DST, grad_output) };
  memory::desc bias;
  if (grad_bias != nullptr) {
    o.push_back(make_operand(DNNL_ARG_DIFF_BIAS, grad_bias, 1, true));
    bias = o[3].planned();
  }
  auto hint = plan_forward(p, prop_kind::forward_training, o[0], o[1], bias, o[2]);
  auto plan = plan_from<convolution_backward_weights>(hint, chosen, o[0].planned(), o[1].planned(),
                                                      bias, o[2].planned(), g.stride, g.dilation,
                                                      g.before, g.after);
  run(convolution_backward_weights(plan), plan, o);
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  return guarded(p, [=] {
    if (grad_bias != nullptr && grad_weight == nullptr)
      throw not_offered{ "grad_bias without grad_weight" };
    if (grad_input != nullptr)
      run_backward_data(p, weight, grad_output, grad_input);
    if (grad_weight != nullptr)
      run_backward_weights(p, input, grad_output, grad_weight, grad_bias);
  });
}

static const conv2d_capabilities capabilities = {
  CONV2D_F32 | CONV2D_BF16,
  CONV2D_NCHW | CONV2D_NHWC | CONV2D_GAPS | CONV2D_BROADCAST | CONV2D_ODD,
  1 << CONV2D_ZEROS,
  CONV2D_FORWARD | CONV2D_BACKWARD,
};

/* The instruction set that the library uses: DNNL_MAX_CPU_ISA limits it. */
static const char *environment () {
  cpu();
  switch (get_effective_cpu_isa()) {
  case cpu_isa::sse41: return "isa=SSE41";
  case cpu_isa::avx: return "isa=AVX";
  case cpu_isa::avx2: return "isa=AVX2";
  case cpu_isa::avx2_vnni: return "isa=AVX2_VNNI";
  case cpu_isa::avx512_core: return "isa=AVX512_CORE";
  case cpu_isa::avx512_core_vnni: return "isa=AVX512_CORE_VNNI";
  case cpu_isa::avx512_core_bf16: return "isa=AVX512_CORE_BF16";
  case cpu_isa::avx512_core_amx: return "isa=AVX512_CORE_AMX";
#if DNNL_VERSION_MAJOR >= 3
  case cpu_isa::avx512_core_fp16: return "isa=AVX512_CORE_FP16";
  case cpu_isa::avx512_core_amx_fp16: return "isa=AVX512_CORE_AMX_FP16";
#endif
  default: return "isa=other";
  }
}

#define VERSION                                                                                    \
  TEXT_OF(DNNL_VERSION_MAJOR) "." TEXT_OF(DNNL_VERSION_MINOR) "." TEXT_OF(DNNL_VERSION_PATCH)

CONV2D_IMPLEMENT("oneDNN", VERSION, output_shape, forward, DESCRIPTION,
                 "https://github.com/oneapi-src/oneDNN", 0, 0, &capabilities, backward, nullptr,
                 last_error, CONV2D_OWN_SHAPE | CONV2D_OWN_SAME, environment(), call_claims,
                 NUMERICS, nullptr, CONV2D_I8_I8 | CONV2D_U8_I8);
