/* darknet.c: darknet's convolutional layer (Debian: darknet).
   A layer is made for each call, and its own buffers are filled and read. The library is built with
   -Ofast, so a process that loads it flushes subnormals from then on. */

#include "adapter.h"

#include <darknet.h>
#include <string.h>

/* Exported, but in no header. */
layer make_convolutional_layer (int batch, int h, int w, int c, int n, int groups, int size,
                                int stride, int padding, ACTIVATION activation, int batch_normalize,
                                int binary, int xnor, int adam);

static int32_t check_offer (const conv2d_params *p) {
  int32_t status = check_features(p, GROUPS);
  if (status == CONV2D_OK
      && (p->kernel_size[0] != p->kernel_size[1] || p->stride[0] != p->stride[1]
          || padding_before(p, 0) != padding_before(p, 1)))
    status = unsupported("height and width that differ");
  return status;
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  int32_t status = check_offer(p);
  return status == CONV2D_OK ? shape_of_output(p, ndim, input, output) : status;
}

static layer make_layer (const conv2d_params *p, const DLTensor *input) {
  return make_convolutional_layer(
      (int) extent(input, 4), (int) extent(input, 2), (int) extent(input, 1),
      (int) extent(input, 3), (int) p->out_channels, (int) p->groups, (int) p->kernel_size[0],
      (int) p->stride[0], (int) padding_before(p, 0), LINEAR, 0, 0, 0, 0);
}

/* A layer, and as much of a network around it as a layer uses; false if there is no memory. */
static bool set_up (const conv2d_params *p, const DLTensor *input, const DLTensor *weight, layer *l,
                    network *net) {
  *l = make_layer(p, input);
  *net = (network){ .input = floats(input), .workspace = malloc(l->workspace_size) };
  memcpy(l->weights, weight->data, (size_t) l->nweights * sizeof *l->weights);
  return net->workspace != NULL || l->workspace_size == 0;
}

static int32_t clean_up (layer *l, network *net, bool done) {
  free(net->workspace);
  free_layer(*l);
  return done ? CONV2D_OK : refuse(CONV2D_FAILED, "out of memory");
}

static size_t bytes_of_outputs (const layer *l) {
  return (size_t) l->outputs * (size_t) l->batch * sizeof *l->output;
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  layer l;
  network net;
  if (check_offer(p) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  if (check_row_major(input, weight, bias, output) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  const bool ready = set_up(p, input, weight, &l, &net);
  if (ready) {
    if (bias != NULL)
      memcpy(l.biases, bias->data, (size_t) l.n * sizeof *l.biases);
    l.forward(l, net);
    memcpy(output->data, l.output, bytes_of_outputs(&l));
  }
  return clean_up(&l, &net, ready);
}

/* The library adds to gradients. Those of the layer start as zeros, and the caller's must, too. */
static void compute_gradients (layer *l, network *net, const DLTensor *grad_output,
                               DLTensor *grad_input, DLTensor *grad_weight, DLTensor *grad_bias) {
  memcpy(l->delta, grad_output->data, bytes_of_outputs(l));
  if (grad_input != NULL) {
    net->delta = floats(grad_input);
    memset(net->delta, 0, (size_t) l->inputs * (size_t) l->batch * sizeof *net->delta);
  }
  l->backward(*l, *net);
  if (grad_weight != NULL)
    memcpy(grad_weight->data, l->weight_updates, (size_t) l->nweights * sizeof *l->weight_updates);
  if (grad_bias != NULL)
    memcpy(grad_bias->data, l->bias_updates, (size_t) l->n * sizeof *l->bias_updates);
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  layer l;
  network net;
  if (check_offer(p) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  if (check_gradients(input, weight, grad_output, grad_input, grad_weight, grad_bias) != CONV2D_OK)
    return CONV2D_UNSUPPORTED;
  const bool ready = set_up(p, input, weight, &l, &net);
  if (ready)
    compute_gradients(&l, &net, grad_output, grad_input, grad_weight, grad_bias);
  return clean_up(&l, &net, ready);
}

static const conv2d_capabilities capabilities = {
  .dtypes = CONV2D_F32,
  .layouts = CONV2D_NCHW | CONV2D_ODD,
  .padding_modes = 1 << CONV2D_ZEROS,
  .directions = CONV2D_FORWARD | CONV2D_BACKWARD,
};

CONV2D_IMPLEMENT(.name = "darknet", .version = "0.0.0+git20180914",
                 .description = "convolutional layer without activation; tensors are copied",
                 .url = "https://pjreddie.com/darknet", .claims = CONV2D_FLUSHES_SUBNORMALS,
                 .capabilities = &capabilities, .output_shape = output_shape, .forward = forward,
                 .backward = backward, .last_error = last_error,
                 .own = CONV2D_OWN_SHAPE | CONV2D_OWN_SAME);
