/* direct.h: convolution and its gradients in plain loops, one work item an element of the result.
   The same text is OpenCL C, CUDA, HIP and C++: who includes it defines
     GLOBAL, DEVICE       what stands before a pointer to memory, and before a function
     ELEMENT              what stands before a function that knows REAL
     REAL, SUM            the type of an element, and of a sum
     LOAD (x), STORE (x)  from the one to the other, and back
   Any strides, all padding modes, groups and dilation. */

/* Sizes, pairs {rows, columns}, and strides in elements. */
typedef struct direct_layer {
  LONG images, in_channels, out_channels, groups, mode, has_bias;
  LONG input[2], output[2], kernel_size[2], stride[2], padding[2], dilation[2];
  LONG x[4], w[4], y[4], b; /* of input, weight, output and bias, or of their gradients */
} direct_layer;

/* The row (axis 0) or column of the input that tap r of output i reads; -1: padding of zeros. */
DEVICE LONG direct_source (const direct_layer *l, int axis, LONG i, LONG r) {
  const LONG size = l->input[axis];
  LONG h = i * l->stride[axis] + r * l->dilation[axis] - l->padding[axis];
  if (h >= 0 && h < size)
    return h;
  if (l->mode == 1)
    return h < 0 ? -h : 2 * (size - 1) - h;
  if (l->mode == 2)
    return h < 0 ? 0 : size - 1;
  if (l->mode == 3)
    return h < 0 ? h + size : h - size;
  return -1;
}

/* Elements of the result: [images, channels, rows, columns] row by row. */
typedef struct direct_place {
  LONG n, c, i, j;
} direct_place;

DEVICE direct_place direct_at (LONG at, LONG channels, const LONG *size) {
  direct_place p;
  p.j = at % size[1];
  p.i = at / size[1] % size[0];
  p.c = at / (size[1] * size[0]) % channels;
  p.n = at / (size[1] * size[0] * channels);
  return p;
}

/* One output of a group's channels: the sum over one kernel. */
ELEMENT void direct_forward (const direct_layer *l, LONG at, GLOBAL const REAL *x,
                             GLOBAL const REAL *w, GLOBAL const REAL *bias, GLOBAL REAL *y) {
  const LONG output[2] = { l->output[0], l->output[1] };
  const direct_place p = direct_at(at, l->out_channels, output);
  const LONG channels = l->in_channels / l->groups;
  const LONG first = p.c / (l->out_channels / l->groups) * channels;
  SUM sum = 0;
  for (LONG c = 0; c < channels; c++)
    for (LONG r = 0; r < l->kernel_size[0]; r++)
      for (LONG s = 0; s < l->kernel_size[1]; s++) {
        const LONG h = direct_source(l, 0, p.i, r), v = direct_source(l, 1, p.j, s);
        if (h >= 0 && v >= 0)
          sum += LOAD(x[p.n * l->x[0] + (first + c) * l->x[1] + h * l->x[2] + v * l->x[3]])
                 * LOAD(w[p.c * l->w[0] + c * l->w[1] + r * l->w[2] + s * l->w[3]]);
      }
  if (l->has_bias)
    sum += LOAD(bias[p.c * l->b]);
  y[p.n * l->y[0] + p.c * l->y[1] + p.i * l->y[2] + p.j * l->y[3]] = STORE(sum);
}

/* One element of grad_input: the sum over all outputs and taps that read it. */
ELEMENT void direct_grad_input (const direct_layer *l, LONG at, GLOBAL const REAL *w,
                                GLOBAL const REAL *dy, GLOBAL REAL *dx) {
  const LONG input[2] = { l->input[0], l->input[1] };
  const direct_place p = direct_at(at, l->in_channels, input);
  const LONG channels = l->in_channels / l->groups, outputs = l->out_channels / l->groups;
  const LONG first = p.c / channels * outputs;
  SUM sum = 0;
  for (LONG i = 0; i < l->output[0]; i++)
    for (LONG r = 0; r < l->kernel_size[0]; r++) {
      if (direct_source(l, 0, i, r) != p.i)
        continue;
      for (LONG j = 0; j < l->output[1]; j++)
        for (LONG s = 0; s < l->kernel_size[1]; s++) {
          if (direct_source(l, 1, j, s) != p.j)
            continue;
          for (LONG k = first; k < first + outputs; k++)
            sum += LOAD(dy[p.n * l->y[0] + k * l->y[1] + i * l->y[2] + j * l->y[3]])
                   * LOAD(w[k * l->w[0] + p.c % channels * l->w[1] + r * l->w[2] + s * l->w[3]]);
        }
    }
  dx[p.n * l->x[0] + p.c * l->x[1] + p.i * l->x[2] + p.j * l->x[3]] = STORE(sum);
}

/* One element of grad_weight: the sum over images and outputs. */
ELEMENT void direct_grad_weight (const direct_layer *l, LONG at, GLOBAL const REAL *x,
                                 GLOBAL const REAL *dy, GLOBAL REAL *dw) {
  const LONG channels = l->in_channels / l->groups;
  const LONG kernel_size[2] = { l->kernel_size[0], l->kernel_size[1] };
  const direct_place p = direct_at(at, channels, kernel_size);
  const LONG c = p.n / (l->out_channels / l->groups) * channels + p.c;
  SUM sum = 0;
  for (LONG n = 0; n < l->images; n++)
    for (LONG i = 0; i < l->output[0]; i++)
      for (LONG j = 0; j < l->output[1]; j++) {
        const LONG h = direct_source(l, 0, i, p.i), v = direct_source(l, 1, j, p.j);
        if (h >= 0 && v >= 0)
          sum += LOAD(dy[n * l->y[0] + p.n * l->y[1] + i * l->y[2] + j * l->y[3]])
                 * LOAD(x[n * l->x[0] + c * l->x[1] + h * l->x[2] + v * l->x[3]]);
      }
  dw[p.n * l->w[0] + p.c * l->w[1] + p.i * l->w[2] + p.j * l->w[3]] = STORE(sum);
}

/* One element of grad_bias. */
ELEMENT void direct_grad_bias (const direct_layer *l, LONG k, GLOBAL const REAL *dy,
                               GLOBAL REAL *db) {
  SUM sum = 0;
  for (LONG n = 0; n < l->images; n++)
    for (LONG i = 0; i < l->output[0]; i++)
      for (LONG j = 0; j < l->output[1]; j++)
        sum += LOAD(dy[n * l->y[0] + k * l->y[1] + i * l->y[2] + j * l->y[3]]);
  db[k * l->b] = STORE(sum);
}
