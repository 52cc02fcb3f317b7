/* conv2d_subject.h: the child's side of the process bridge (specs/pipe.md), for C.
   The subject is the same descriptor that a shared object would export; a whole program is

     CONV2D_IMPLEMENT (.name = "mylib", .version = "2.1", .output_shape = ..., .forward = ...);
     int main (void) { return conv2d_serve (&conv2d_subject); }

   Needs libjansson. Standard output becomes standard error while the subject is called. */

#ifndef CONV2D_SUBJECT_H
#define CONV2D_SUBJECT_H

#include "conv2d_protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct conv2d_server {
  const conv2d_implementation *subject;
  FILE *requests, *replies;
} conv2d_server;

/* A tensor of a request, with its own memory. */
typedef struct conv2d_argument {
  char *name;
  DLTensor tensor;
  int64_t shape[4], strides[4];
  char *storage;
  size_t bytes;
} conv2d_argument;

typedef struct conv2d_request {
  conv2d_params params;
  conv2d_argument input[MAX_TENSORS], output[MAX_TENSORS];
  int32_t ndim; /* output_shape: of the input and of the answer */
  int64_t shape[4], answer[4];
  uint64_t seed;
} conv2d_request;

/* ---- reading a request */

static inline void conv2d_read_list (const json_t *list, int64_t *to, size_t room) {
  for (size_t i = 0; i < room && i < json_array_size(list); i++)
    to[i] = json_integer_value(json_array_get(list, i));
}

static inline const char *conv2d_text (const json_t *o, const char *key) {
  return json_string_value(json_object_get(o, key));
}

static inline int64_t conv2d_integer (const json_t *o, const char *key) {
  return json_integer_value(json_object_get(o, key));
}

static inline DLDataType conv2d_dtype (const json_t *o) {
  int i = find_word(dtypes, conv2d_text(o, "dtype"));
  return i < 0 ? (DLDataType){ kDLOpaqueHandle, 0, 1 } : dtype_values[i];
}

static inline conv2d_params conv2d_read_params (const json_t *o) {
  const char *padding = conv2d_text(o, "padding");
  conv2d_params p = { .in_channels = conv2d_integer(o, "in_channels"),
                      .out_channels = conv2d_integer(o, "out_channels"),
                      .groups = conv2d_integer(o, "groups"),
                      .bias = json_is_true(json_object_get(o, "bias")),
                      .padding_mode = find_word(modes, conv2d_text(o, "padding_mode")),
                      .device = { kDLCPU, 0 },
                      .dtype = conv2d_dtype(o) };
  conv2d_read_list(json_object_get(o, "kernel_size"), p.kernel_size, 2);
  conv2d_read_list(json_object_get(o, "stride"), p.stride, 2);
  conv2d_read_list(json_object_get(o, "dilation"), p.dilation, 2);
  conv2d_read_list(json_object_get(o, "padding"), p.padding, 2);
  if (padding)
    p.padding_kind = !strcmp(padding, "valid")  ? CONV2D_PADDING_VALID
                     : !strcmp(padding, "same") ? CONV2D_PADDING_SAME
                                                : -1;
  return p;
}

/* Outputs are compact: their strides follow from the shape. */
static inline void conv2d_set_strides (conv2d_argument *a) {
  int64_t stride = 1;
  for (int32_t i = a->tensor.ndim - 1; i >= 0; i--) {
    a->strides[i] = stride;
    stride *= a->shape[i];
  }
}

/* False if there is no memory. An input's bytes are read by the caller. */
static inline bool conv2d_read_tensor (conv2d_argument *a, const json_t *o) {
  const json_t *strides = json_object_get(o, "strides"), *shape = json_object_get(o, "shape");
  a->name = strdup(conv2d_text(o, "name"));
  a->tensor = (DLTensor){ .device = { kDLCPU, 0 },
                          .ndim = (int32_t) json_array_size(shape),
                          .dtype = conv2d_dtype(o),
                          .shape = a->shape,
                          .strides = a->strides };
  conv2d_read_list(shape, a->shape, 4);
  conv2d_read_list(strides, a->strides, 4);
  if (!strides)
    conv2d_set_strides(a);
  a->bytes =
      strides ? (size_t) conv2d_integer(o, "bytes") : elements(&a->tensor) * element(&a->tensor);
  a->storage = malloc(a->bytes + 1);
  if (a->storage && a->bytes)
    a->tensor.data = a->storage + conv2d_integer(o, "offset") * (int64_t) element(&a->tensor);
  return a->name && a->storage;
}

static inline bool conv2d_read_request (const conv2d_server *s, const json_t *o,
                                        conv2d_request *r) {
  const json_t *in = json_object_get(o, "inputs"), *out = json_object_get(o, "outputs");
  const json_t *shape = json_object_get(o, "shape");
  const char *seed = conv2d_text(o, "seed");
  r->params = conv2d_read_params(json_object_get(o, "params"));
  r->ndim = (int32_t) json_array_size(shape);
  r->seed = seed ? strtoull(seed, NULL, 10) : 0;
  conv2d_read_list(shape, r->shape, 4);
  bool good = json_array_size(in) <= MAX_TENSORS && json_array_size(out) <= MAX_TENSORS;
  for (size_t i = 0; good && i < json_array_size(in); i++) {
    conv2d_argument *a = &r->input[i];
    good = conv2d_read_tensor(a, json_array_get(in, i))
           && fread(a->storage, 1, a->bytes, s->requests) == a->bytes;
  }
  for (size_t i = 0; good && i < json_array_size(out); i++)
    good = conv2d_read_tensor(&r->output[i], json_array_get(out, i));
  return good;
}

static inline void conv2d_free_request (conv2d_request *r) {
  for (int i = 0; i < MAX_TENSORS; i++) {
    free(r->input[i].name), free(r->input[i].storage);
    free(r->output[i].name), free(r->output[i].storage);
  }
}

/* ---- the calls */

static inline DLTensor *conv2d_find (conv2d_argument list[MAX_TENSORS], const char *name) {
  for (int i = 0; i < MAX_TENSORS && list[i].name; i++)
    if (!strcmp(list[i].name, name))
      return &list[i].tensor;
  return NULL;
}

static inline int32_t conv2d_dispatch (const conv2d_implementation *s, const char *op,
                                       conv2d_request *r) {
  conv2d_argument *in = r->input, *out = r->output;
  if (!strcmp(op, "output_shape"))
    return s->output_shape(&r->params, r->ndim, r->shape, r->answer);
  if (!strcmp(op, "forward"))
    return s->forward(&r->params, conv2d_find(in, "input"), conv2d_find(in, "weight"),
                      conv2d_find(in, "bias"), conv2d_find(out, "output"));
  if (!strcmp(op, "backward") && s->backward)
    return s->backward(&r->params, conv2d_find(in, "input"), conv2d_find(in, "weight"),
                       conv2d_find(in, "grad_output"), conv2d_find(out, "grad_input"),
                       conv2d_find(out, "grad_weight"), conv2d_find(out, "grad_bias"));
  if (!strcmp(op, "init_parameters") && s->init_parameters)
    return s->init_parameters(&r->params, r->seed, conv2d_find(out, "weight"),
                              conv2d_find(out, "bias"));
  return CONV2D_UNSUPPORTED;
}

/* ---- replying */

static inline json_t *conv2d_words (const char *const *vocabulary, uint32_t mask) {
  json_t *list = json_array();
  for (int i = 0; vocabulary[i]; i++)
    if (mask >> i & 1)
      json_array_append_new(list, json_string(vocabulary[i]));
  return list;
}

static inline json_t *conv2d_hello (const conv2d_implementation *s) {
  const conv2d_capabilities none = { 0 }, *has = s->capabilities ? s->capabilities : &none;
  const uint32_t offered =
      CONV2D_FORWARD | (s->backward ? CONV2D_BACKWARD : 0) | (s->init_parameters ? CONV2D_INIT : 0);
  json_t *capabilities = json_pack(
      "{s:o, s:o, s:o, s:o, s:o}", "int32_sums", conv2d_words(sums, s->int32_sums), "dtypes",
      conv2d_words(dtypes, has->dtypes), "layouts", conv2d_words(layouts, has->layouts),
      "padding_modes", conv2d_words(modes, has->padding_modes), "directions",
      conv2d_words(directions, has->directions ? has->directions : offered));
  return json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:i}", "status", "ok",
                   "protocol", PROTOCOL, "name", s->name, "version", s->version, "description",
                   s->description ? s->description : "", "url", s->url ? s->url : "", "claims",
                   conv2d_words(claims, s->claims), "capabilities", capabilities, "own",
                   conv2d_words(owns, s->own), "environment", s->environment ? s->environment : "",
                   "numerics", s->numerics ? s->numerics : "", "jobs", (int) s->jobs);
}

static inline void conv2d_say (const conv2d_server *s, json_t *reply, const json_t *request) {
  json_object_set(reply, "seq", json_object_get(request, "seq"));
  json_dumpf(reply, s->replies, JSON_COMPACT);
  fputc('\n', s->replies);
  json_decref(reply);
}

static inline void conv2d_reply (const conv2d_server *s, const json_t *request, int32_t status,
                                 const conv2d_request *r) {
  const char *why = status != CONV2D_OK && s->subject->last_error ? s->subject->last_error() : NULL;
  const int known = status >= CONV2D_OK && status <= CONV2D_FAILED ? status : CONV2D_FAILED;
  json_t *message = why ? json_stringn(why, strnlen(why, MOST_SAID)) : json_string("");
  json_t *bytes = json_array();
  for (int i = 0; status == CONV2D_OK && i < MAX_TENSORS && r->output[i].name; i++)
    json_array_append_new(bytes, json_integer((json_int_t) r->output[i].bytes));
  conv2d_say(s,
             json_pack("{s:s, s:o, s:o, s:o}", "status", statuses[known], "message",
                       message ? message : json_string("(a message that is not UTF-8)"), "shape",
                       numbers(r->answer, r->ndim), "bytes", bytes),
             request);
  for (int i = 0; status == CONV2D_OK && i < MAX_TENSORS && r->output[i].name; i++)
    fwrite(r->output[i].storage, 1, r->output[i].bytes, s->replies);
}

static inline bool conv2d_serve_line (const conv2d_server *s, const char *line) {
  conv2d_request r = { 0 };
  json_t *request = json_loads(line, 0, NULL);
  const char *op = conv2d_text(request, "op");
  bool good = op && !strcmp(op, "hello");
  if (good)
    conv2d_say(s, conv2d_hello(s->subject), request);
  else if (op && conv2d_read_request(s, request, &r)) {
    conv2d_reply(s, request, conv2d_dispatch(s->subject, op, &r), &r);
    good = true;
  }
  conv2d_free_request(&r);
  json_decref(request);
  return good && !fflush(s->replies);
}

/* Answers calls until the runner closes its end; the exit status of the program. */
static inline int conv2d_serve (const conv2d_implementation *subject) {
  static char line[LINE];
  const conv2d_server s = { subject, fdopen(dup(0), "r"), fdopen(dup(1), "w") };
  /* what the library starts must neither read requests nor write replies */
  if (!s.requests || !s.replies || !freopen("/dev/null", "r", stdin) || dup2(2, 1) < 0)
    return 1;
  while (fgets(line, sizeof line, s.requests))
    if (!conv2d_serve_line(&s, line))
      return 1;
  return 0;
}

#endif
