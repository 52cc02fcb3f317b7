/* onnxruntime.cpp: ONNX Runtime's C API, by the library's own header for C++ (GROUP=onnxruntime).
   A call makes a model of one Conv with the model editor, and a session of it, which reads and
   writes the caller's memory. Weight and bias are inputs of the graph; with -DINITIALIZER they are
   part of the model, which other kernels serve. Padding modes are a Pad in front, and tensors with
   the channels last have a Transpose. 'same' is auto_pad SAME_UPPER where the mode is zeros; else
   the adapter works out what Pad shall add. */

#include "adapter.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <onnxruntime_cxx_api.h>
#include <string>
#include <vector>

using shape_t = std::vector<int64_t>;

#ifdef INITIALIZER
static const bool in_model = true;
#define WHERE "weight and bias in the model"
#else
static const bool in_model = false;
#define WHERE "weight and bias as inputs"
#endif

static const int opset = 22; /* of the newest Conv */
static const char *const output_names[] = { "output" };

static ONNXTensorElementDataType element_type (DLDataType t) {
  switch (t.code << 8 | t.bits) {
  case kDLFloat << 8 | 16: return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
  case kDLFloat << 8 | 32: return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
  default: throw Ort::Exception("a dtype that the adapter has no name for", ORT_NOT_IMPLEMENTED);
  }
}

/* ---- tensors */

/* A tensor of the graph: the caller's memory, or with `data` NULL its shape only. With
   `channels_last` its axes are N, H, W, C. */
struct operand {
  const char *name;
  ONNXTensorElementDataType type;
  shape_t shape;
  void *data = nullptr;
  size_t bytes = 0;
  bool channels_last = false;
};

/* An image without a batch is passed as a batch of one. */
static operand operand_of (const char *name, const DLTensor *t) {
  operand o = { name, element_type(t->dtype), shape_t(t->shape, t->shape + t->ndim), t->data,
                t->dtype.bits / 8u };
  for (int64_t n : o.shape)
    o.bytes *= static_cast<size_t>(n);
  if (t->ndim == 3)
    o.shape.insert(o.shape.begin(), 1);
  o.channels_last = !is_row_major(t);
  if (o.channels_last)
    std::rotate(o.shape.begin() + 1, o.shape.begin() + 2, o.shape.end());
  return o;
}

/* The library asks for an address even where there is no element. */
static Ort::Value value_of (const operand &o) {
  static const Ort::MemoryInfo memory =
      Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
  static double nothing;
  return Ort::Value::CreateTensor(memory, o.data != nullptr ? o.data : &nothing, o.bytes,
                                  o.shape.data(), o.shape.size(), o.type);
}

/* A copy that belongs to the model: below 128 bytes it takes no others. */
static Ort::Value copy_of (const operand &o) {
  Ort::AllocatorWithDefaultOptions allocator;
  Ort::Value value = Ort::Value::CreateTensor(allocator, o.shape.data(), o.shape.size(), o.type);
  if (o.bytes > 0)
    memcpy(value.GetTensorMutableRawData(), o.data, o.bytes);
  return value;
}

/* ---- the model */

static Ort::OpAttr ints (const char *name, const shape_t &values) {
  return Ort::OpAttr(name, values.data(), static_cast<int>(values.size()), ORT_OP_ATTR_INTS);
}

static Ort::OpAttr string (const char *name, const char *value) {
  return Ort::OpAttr(name, value, static_cast<int>(strlen(value)), ORT_OP_ATTR_STRING);
}

static Ort::ValueInfo info_of (const char *name, ONNXTensorElementDataType type,
                               const shape_t &shape) {
  std::vector<std::string> symbols(shape.size());
  Ort::TensorTypeAndShapeInfo tensor(type, shape, &symbols);
  return Ort::ValueInfo(name, Ort::TypeInfo::CreateTensorInfo(tensor.GetConst()).GetConst());
}

static Ort::OpAttr padding_of (const conv2d_params *p) {
  if (p->padding_mode != CONV2D_ZEROS || p->padding_kind == CONV2D_PADDING_VALID)
    return string("auto_pad", "VALID");
  if (p->padding_kind == CONV2D_PADDING_SAME)
    return string("auto_pad", "SAME_UPPER");
  return ints("pads", { p->padding[0], p->padding[1], p->padding[0], p->padding[1] });
}

static void add_node (Ort::Graph &graph, const char *type, const std::vector<std::string> &inputs,
                      const std::string &output, std::vector<Ort::OpAttr> &attributes) {
  Ort::Node node(type, "", "making_" + output, inputs, { output }, attributes);
  graph.AddNode(node);
}

static void add_transpose (Ort::Graph &graph, const std::string &from, const std::string &to,
                           const shape_t &axes) {
  std::vector<Ort::OpAttr> attributes;
  attributes.push_back(ints("perm", axes));
  add_node(graph, "Transpose", { from }, to, attributes);
}

static void add_conv (Ort::Graph &graph, const conv2d_params *p,
                      const std::vector<std::string> &inputs, const std::string &output) {
  std::vector<Ort::OpAttr> attributes;
  attributes.push_back(ints("kernel_shape", { p->kernel_size[0], p->kernel_size[1] }));
  attributes.push_back(ints("strides", { p->stride[0], p->stride[1] }));
  attributes.push_back(ints("dilations", { p->dilation[0], p->dilation[1] }));
  attributes.push_back(Ort::OpAttr("group", &p->groups, 1, ORT_OP_ATTR_INT));
  attributes.push_back(padding_of(p));
  add_node(graph, "Conv", inputs, output, attributes);
}

static void add_pad (Ort::Graph &graph, const conv2d_params *p, const std::string &input) {
  static const char *const modes[] = { "constant", "reflect", "edge", "wrap" };
  std::array<int64_t, 8> widths = { 0, 0, padding_before(p, 0), padding_before(p, 1),
                                    0, 0, padding_after(p, 0),  padding_after(p, 1) };
  Ort::Value pads =
      copy_of({ "pads", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, { 8 }, widths.data(), sizeof widths });
  graph.AddInitializer("pads", pads, false);
  std::vector<Ort::OpAttr> attributes;
  attributes.push_back(string("mode", modes[p->padding_mode]));
  add_node(graph, "Pad", { input, "pads" }, "padded", attributes);
}

/* The first operand is the input; the others are part of the model where they have data and belong
   there. */
static bool is_constant (const std::vector<operand> &operands, const operand &o) {
  return in_model && &o != &operands.front() && o.data != nullptr;
}

/* Puts it into the graph. Returns the name of its tensor of axes N, C, H, W. */
static std::string add_operand (Ort::Graph &graph, const operand &o, bool constant,
                                std::vector<Ort::ValueInfo> &inputs) {
  if (constant) {
    Ort::Value value = copy_of(o);
    graph.AddInitializer(o.name, value, false);
  } else {
    inputs.push_back(info_of(o.name, o.type, o.shape));
  }
  if (!o.channels_last)
    return o.name;
  std::string name = std::string(o.name) + "_nchw";
  add_transpose(graph, o.name, name, { 0, 3, 1, 2 });
  return name;
}

static Ort::Model model_of (const conv2d_params *p, const std::vector<operand> &operands,
                            bool output_channels_last) {
  Ort::Graph graph;
  std::vector<Ort::ValueInfo> inputs, outputs;
  std::vector<std::string> names;
  for (const operand &o : operands)
    names.push_back(add_operand(graph, o, is_constant(operands, o), inputs));
  outputs.push_back(info_of("output", operands.front().type, { -1, -1, -1, -1 }));
  graph.SetInputs(inputs);
  graph.SetOutputs(outputs);
  if (p->padding_mode != CONV2D_ZEROS) {
    add_pad(graph, p, names.front());
    names.front() = "padded";
  }
  add_conv(graph, p, names, output_channels_last ? "output_nchw" : "output");
  if (output_channels_last)
    add_transpose(graph, "output_nchw", "output", { 0, 2, 3, 1 });
  Ort::Model model({ { "", opset } });
  model.AddGraph(graph);
  return model;
}

/* ---- sessions */

/* How many threads the subject may have: --subject-threads arrives as this variable. */
static int threads () {
  const char *text = getenv("OMP_NUM_THREADS");
  return text != nullptr ? std::max(atoi(text), 1) : 1;
}

static Ort::Session session_of (const Ort::Model &model) {
  static const Ort::Env env = [] {
    Ort::Env made(ORT_LOGGING_LEVEL_FATAL, "conv2d");
    made.DisableTelemetryEvents();
    return made;
  }();
  Ort::SessionOptions options;
  options.SetIntraOpNumThreads(threads());
  options.SetInterOpNumThreads(threads());
  options.SetLogSeverityLevel(ORT_LOGGING_LEVEL_FATAL);
  return Ort::Session(env, model, options);
}

/* Does the work; what is thrown becomes a status. ORT_NOT_IMPLEMENTED is the library's own word for
   what it does not have. */
template <typename work_fn> static int32_t guarded (work_fn work) {
  try {
    return work();
  } catch (const Ort::Exception &e) {
    bool missing = e.GetOrtErrorCode() == ORT_NOT_IMPLEMENTED;
    return refuse(missing ? CONV2D_UNSUPPORTED : CONV2D_FAILED, e.what());
  } catch (const std::exception &e) {
    return refuse(CONV2D_FAILED, e.what());
  }
}

/* The shape that the library infers while it makes the session. */
static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  return guarded([=] () -> int32_t {
    ONNXTensorElementDataType type = element_type(p->dtype);
    shape_t x(input, input + ndim);
    if (ndim == 3)
      x.insert(x.begin(), 1);
    shape_t w = { p->out_channels, p->groups > 0 ? p->in_channels / p->groups : 0,
                  p->kernel_size[0], p->kernel_size[1] };
    Ort::Session session =
        session_of(model_of(p, { { "input", type, x }, { "weight", type, w } }, false));
    shape_t y = session.GetOutputTypeInfo(0).GetTensorTypeAndShapeInfo().GetShape();
    if (y.size() != 4 || std::any_of(y.begin(), y.end(), [] (int64_t n) { return n < 0; }))
      return refuse(CONV2D_FAILED, "the library infers no shape");
    std::copy(y.end() - ndim, y.end(), output);
    return CONV2D_OK;
  });
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  return guarded([=] () -> int32_t {
    for (const DLTensor *t : { input, weight, static_cast<const DLTensor *>(output) })
      if (!is_row_major(t) && !is_channels_last(t))
        return unsupported("tensors that are neither compact NCHW nor compact NHWC");
    std::vector<operand> operands = { operand_of("input", input), operand_of("weight", weight) };
    if (bias != nullptr)
      operands.push_back(operand_of("bias", bias));
    operand result = operand_of("output", output);
    Ort::Session session = session_of(model_of(p, operands, result.channels_last));
    std::vector<const char *> names;
    std::vector<Ort::Value> values;
    for (const operand &o : operands)
      if (!is_constant(operands, o)) {
        names.push_back(o.name);
        values.push_back(value_of(o));
      }
    Ort::Value y = value_of(result);
    session.Run(Ort::RunOptions(), names.data(), values.data(), values.size(), output_names, &y, 1);
    return CONV2D_OK;
  });
}

/* For float64 and bfloat16, which the operator knows, too, the library answers
   ORT_NOT_IMPLEMENTED: it has no such kernel. */
static const conv2d_capabilities capabilities = {
  CONV2D_F32 | CONV2D_F16,
  CONV2D_NCHW | CONV2D_NHWC | CONV2D_ODD | CONV2D_MIXED | CONV2D_CROSSED,
  1 << CONV2D_ZEROS | 1 << CONV2D_REFLECT | 1 << CONV2D_REPLICATE | 1 << CONV2D_CIRCULAR,
  CONV2D_FORWARD,
};

static const char *environment () {
  static char text[32];
  snprintf(text, sizeof text, "threads=%d", threads());
  return text;
}

CONV2D_IMPLEMENT("ONNX Runtime", OrtGetApiBase()->GetVersionString(), output_shape, forward,
                 "C API, CPUExecutionProvider, " WHERE, "https://onnxruntime.ai", 0, 0,
                 &capabilities, nullptr, nullptr, last_error, CONV2D_OWN_SAME, environment());
