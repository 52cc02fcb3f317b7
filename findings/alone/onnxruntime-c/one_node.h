/* one_node.h: ONNX Runtime's answer to a model of one node, made with the model editor. */

#ifndef ONE_NODE_H
#define ONE_NODE_H

#include <cstdio>
#include <cstring>
#include <onnxruntime_cxx_api.h>
#include <string>
#include <vector>

using shape_t = std::vector<int64_t>;

struct tensor {
  const char *name;
  shape_t shape;
  std::vector<float> data;
};

static Ort::OpAttr ints (const char *name, const shape_t &values) {
  return Ort::OpAttr(name, values.data(), static_cast<int>(values.size()), ORT_OP_ATTR_INTS);
}

static Ort::OpAttr string (const char *name, const char *value) {
  return Ort::OpAttr(name, value, static_cast<int>(strlen(value)), ORT_OP_ATTR_STRING);
}

static Ort::ValueInfo info (const char *name, const shape_t &shape) {
  std::vector<std::string> symbols(shape.size());
  Ort::TensorTypeAndShapeInfo type(ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, shape, &symbols);
  return Ort::ValueInfo(name, Ort::TypeInfo::CreateTensorInfo(type.GetConst()).GetConst());
}

static Ort::Value copy_of (const shape_t &numbers) {
  Ort::AllocatorWithDefaultOptions allocator;
  const int64_t length = static_cast<int64_t>(numbers.size());
  Ort::Value value =
      Ort::Value::CreateTensor(allocator, &length, 1, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64);
  memcpy(value.GetTensorMutableRawData(), numbers.data(), numbers.size() * sizeof numbers[0]);
  return value;
}

/* The node takes the tensors, and `pads` where there are any, and gives `y` of four axes. Returns
   its shape. */
static shape_t run (const char *type, std::vector<tensor> tensors, const shape_t &pads,
                    std::vector<Ort::OpAttr> attributes) {
  static const Ort::Env env(ORT_LOGGING_LEVEL_FATAL, "one node");
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
  Ort::Graph graph;
  std::vector<Ort::ValueInfo> inputs, outputs;
  std::vector<std::string> names;
  std::vector<const char *> fed;
  std::vector<Ort::Value> values;
  for (tensor &t : tensors) {
    names.push_back(t.name);
    fed.push_back(t.name);
    inputs.push_back(info(t.name, t.shape));
    float *data = t.data.empty() ? reinterpret_cast<float *>(&t) : t.data.data();
    values.push_back(Ort::Value::CreateTensor<float>(memory, data, t.data.size(), t.shape.data(),
                                                     t.shape.size()));
  }
  outputs.push_back(info("y", { -1, -1, -1, -1 }));
  graph.SetInputs(inputs);
  graph.SetOutputs(outputs);
  if (!pads.empty()) {
    Ort::Value constant = copy_of(pads);
    graph.AddInitializer("pads", constant, false);
    names.push_back("pads");
  }
  Ort::Node node(type, "", "node", names, { "y" }, attributes);
  graph.AddNode(node);
  Ort::Model model({ { "", 22 } });
  model.AddGraph(graph);
  Ort::SessionOptions options;
  options.SetIntraOpNumThreads(1);
  Ort::Session session(env, model, options);
  const char *output = "y";
  std::vector<Ort::Value> y =
      session.Run(Ort::RunOptions(), fed.data(), values.data(), values.size(), &output, 1);
  return y[0].GetTensorTypeAndShapeInfo().GetShape();
}

#endif
