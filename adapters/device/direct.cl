/* direct.cl: the kernels. Each tensor is a buffer and a byte offset. */

#define TENSOR(t) global char *t, long t##_at
#define AT(t) ((global REAL *) (t + t##_at))

kernel void forward (direct_layer l, TENSOR(x), TENSOR(w), TENSOR(b), TENSOR(y)) {
  direct_forward(&l, get_global_id(0), AT(x), AT(w), AT(b), AT(y));
}

kernel void grad_input (direct_layer l, TENSOR(w), TENSOR(dy), TENSOR(dx)) {
  direct_grad_input(&l, get_global_id(0), AT(w), AT(dy), AT(dx));
}

kernel void grad_weight (direct_layer l, TENSOR(x), TENSOR(dy), TENSOR(dw)) {
  direct_grad_weight(&l, get_global_id(0), AT(x), AT(dy), AT(dw));
}

kernel void grad_bias (direct_layer l, TENSOR(dy), TENSOR(db)) {
  direct_grad_bias(&l, get_global_id(0), AT(dy), AT(db));
}
