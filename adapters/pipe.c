/* pipe.c: a subject that is a process. It starts the command in CONV2D_PIPE_COMMAND as a child and
   sends it every call, in the protocol of specs/pipe.md. If the child ends, this process ends in
   the same way, so that the verdict is the one that any other subject would get. */

#include "pipe_child.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Calls are made one at a time. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* ---- one call */

/* A tensor and its name in the protocol. */
typedef struct named {
  const char *name;
  const DLTensor *tensor; /* NULL: not there */
} named;

typedef struct call {
  const char *op;
  const conv2d_params *p;
  json_t *more; /* keys of this op alone, or NULL */
  named input[MAX_TENSORS], output[MAX_TENSORS];
} call;

static json_t *padding_of (const conv2d_params *p) {
  switch (p->padding_kind) {
  case CONV2D_PADDING_EXPLICIT: return numbers(p->padding, 2);
  case CONV2D_PADDING_VALID: return json_string("valid");
  case CONV2D_PADDING_SAME: return json_string("same");
  default: return json_sprintf("unknown kind %d", (int) p->padding_kind);
  }
}

static json_t *params_of (const conv2d_params *p) {
  json_t *mode = p->padding_mode >= 0 && p->padding_mode < MODES
                     ? json_string(modes[p->padding_mode])
                     : json_sprintf("unknown mode %d", (int) p->padding_mode);
  return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:I, s:b, s:o, s:s}", "in_channels",
                   (json_int_t) p->in_channels, "out_channels", (json_int_t) p->out_channels,
                   "kernel_size", numbers(p->kernel_size, 2), "stride", numbers(p->stride, 2),
                   "padding", padding_of(p), "dilation", numbers(p->dilation, 2), "groups",
                   (json_int_t) p->groups, "bias", (int) p->bias, "padding_mode", mode, "dtype",
                   dtype_word(p->dtype));
}

static json_t *describe (const named *n, bool is_input) {
  const DLTensor *t = n->tensor;
  const span s = span_of(t);
  json_t *o = json_pack("{s:s, s:s, s:o}", "name", n->name, "dtype", dtype_word(t->dtype), "shape",
                        numbers(t->shape, t->ndim));
  if (is_input)
    json_object_update_new(o, json_pack("{s:o, s:I, s:I}", "strides", numbers(t->strides, t->ndim),
                                        "offset", (json_int_t) s.offset, "bytes",
                                        (json_int_t) s.bytes));
  return o;
}

static void ask (const call *c) {
  json_t *in = json_array(), *out = json_array();
  json_t *o = json_pack("{s:s, s:o}", "op", c->op, "params", params_of(c->p));
  for (int i = 0; i < MAX_TENSORS; i++) {
    if (c->input[i].tensor)
      json_array_append_new(in, describe(&c->input[i], true));
    if (c->output[i].tensor)
      json_array_append_new(out, describe(&c->output[i], false));
  }
  json_object_update_new(o, json_pack("{s:o, s:o}", "inputs", in, "outputs", out));
  json_object_update(o, c->more);
  child_ask(o);
  for (int i = 0; i < MAX_TENSORS; i++)
    if (c->input[i].tensor) {
      const span s = span_of(c->input[i].tensor);
      child_put(s.start, s.bytes);
    }
  json_decref(o);
}

/* Takes a compact payload and lays it out as the tensor has it. */
static void take (const DLTensor *t) {
  size_t bytes = elements(t) * element(t);
  char *payload = malloc(bytes + 1);
  if (!payload)
    abort();
  child_get(payload, bytes);
  lay_out(t, payload, true);
  free(payload);
}

/* Whether the payloads that are announced have the sizes of the outputs. */
static bool check_sizes (const call *c, const json_t *bytes, bool ok) {
  size_t k = 0;
  for (int i = 0; ok && i < MAX_TENSORS; i++) {
    const DLTensor *t = c->output[i].tensor;
    if (!t)
      continue;
    json_int_t said = json_integer_value(json_array_get(bytes, k++));
    size_t right = elements(t) * element(t);
    if (said != (json_int_t) right)
      return nonsense("%lld bytes of %s are announced, %zu are right", (long long) said,
                      c->output[i].name, right);
  }
  return json_array_size(bytes) == k
         || nonsense("%zu payloads are announced, %zu are right", json_array_size(bytes), k);
}

/* ---- the descriptor */

static conv2d_capabilities capabilities;
static conv2d_implementation subject;

/* The one exported symbol is const by the interface; its bytes are filled before it is read. */
extern const conv2d_implementation conv2d_subject __attribute__((alias("subject")));

static const char *last_error (void) {
  return *child_said() ? child_said() : NULL;
}

/* The mask of a list of words; *unknown becomes the first that is not in the vocabulary. */
static uint32_t mask_of (const json_t *list, const char *const *vocabulary, const char **unknown) {
  uint32_t mask = 0;
  size_t i;
  json_t *word;
  if (list && !json_is_array(list) && !*unknown)
    *unknown = "something that is no list";
  json_array_foreach(list, i, word) {
    int bit = find_word(vocabulary, json_string_value(word));
    if (bit >= 0)
      mask |= 1u << bit;
    else if (!*unknown)
      *unknown = json_is_string(word) ? json_string_value(word) : "something that is no string";
  }
  return mask;
}

/* Finds a key that is not in the vocabulary. It must be misspelt, and would declare nothing. */
static void check_keys (const json_t *object, const char *const *vocabulary, const char **unknown) {
  for (void *at = json_object_iter((json_t *) object); at;
       at = json_object_iter_next((json_t *) object, at))
    if (find_word(vocabulary, json_object_iter_key(at)) < 0 && !*unknown)
      *unknown = json_object_iter_key(at);
}

/* ---- the functions of the subject */

static int32_t accept_reply (const call *c, int status, const json_t *reply) {
  const char *message = json_string_value(json_object_get(reply, "message"));
  if (!check_sizes(c, json_object_get(reply, "bytes"), status == CONV2D_OK))
    return -1;
  for (int i = 0; status == CONV2D_OK && i < MAX_TENSORS; i++)
    if (c->output[i].tensor)
      take(c->output[i].tensor);
  child_note(message);
  return status;
}

/* Reads the output's shape, if the call was output_shape. */
static bool read_shape (const json_t *reply, int32_t ndim, int64_t *shape) {
  const json_t *list = json_object_get(reply, "shape");
  if (json_array_size(list) != (size_t) ndim)
    return nonsense("a shape of %zu axes is given, %d are right", json_array_size(list), ndim);
  for (int32_t a = 0; a < ndim; a++)
    shape[a] = json_integer_value(json_array_get(list, (size_t) a));
  return true;
}

/* Makes a call. If the reply breaks the protocol, the call has failed, and a new child starts. */
static int32_t put_call (const call *c, int32_t ndim, int64_t *shape) {
  int status;
  pthread_mutex_lock(&mutex);
  child_note("");
  ask(c);
  json_t *reply = child_reply(&status);
  if (reply)
    status = accept_reply(c, status, reply);
  if (!reply || status < 0 || (shape && status == CONV2D_OK && !read_shape(reply, ndim, shape))) {
    child_restart();
    status = CONV2D_FAILED;
  }
  json_decref(reply);
  json_decref(c->more);
  pthread_mutex_unlock(&mutex);
  return status;
}

static int32_t output_shape (const conv2d_params *p, int32_t ndim, const int64_t *input,
                             int64_t *output) {
  json_t *more = json_pack("{s:o}", "shape", numbers(input, ndim));
  return put_call(&(call){ .op = "output_shape", .p = p, .more = more }, ndim, output);
}

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  const call c = { .op = "forward",
                   .p = p,
                   .input = { { "input", input }, { "weight", weight }, { "bias", bias } },
                   .output = { { "output", output } } };
  return put_call(&c, 0, NULL);
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  const call c = {
    .op = "backward",
    .p = p,
    .input = { { "input", input }, { "weight", weight }, { "grad_output", grad_output } },
    .output = { { "grad_input", grad_input },
                { "grad_weight", grad_weight },
                { "grad_bias", grad_bias } }
  };
  return put_call(&c, 0, NULL);
}

/* The seed is sent as a string: it has more bits than JSON's numbers have in some languages. */
static int32_t init_parameters (const conv2d_params *p, uint64_t seed, DLTensor *weight,
                                DLTensor *bias) {
  const call c = { .op = "init_parameters",
                   .p = p,
                   .more =
                       json_pack("{s:o}", "seed", json_sprintf("%llu", (unsigned long long) seed)),
                   .output = { { "weight", weight }, { "bias", bias } } };
  return put_call(&c, 0, NULL);
}

static const char *const hello_keys[] = { "seq",      "status",       "message",     "protocol",
                                          "name",     "version",      "description", "url",
                                          "claims",   "capabilities", "own",         "environment",
                                          "numerics", "jobs",         NULL };
static const char *const capability_keys[] = { "dtypes",     "layouts",    "padding_modes",
                                               "directions", "int32_sums", NULL };

/* A number that no int32_t holds becomes one that the worker refuses. */
static int32_t jobs_of (const json_t *o, const char **unknown) {
  const json_int_t n = json_integer_value(o);
  if (o && !json_is_integer(o))
    *unknown = "jobs that are no whole number";
  return n < INT32_MIN || n > INT32_MAX ? INT32_MAX : (int32_t) n;
}

/* The descriptor, as the child describes itself. */
static bool fill (const json_t *o) {
  const json_t *has = json_object_get(o, "capabilities");
  const char *unknown = NULL;
  check_keys(o, hello_keys, &unknown);
  check_keys(has, capability_keys, &unknown);
  capabilities = (conv2d_capabilities){
    .dtypes = mask_of(json_object_get(has, "dtypes"), dtypes, &unknown),
    .layouts = mask_of(json_object_get(has, "layouts"), layouts, &unknown),
    .padding_modes = mask_of(json_object_get(has, "padding_modes"), modes, &unknown),
    .directions = mask_of(json_object_get(has, "directions"), directions, &unknown),
  };
  const uint32_t all = CONV2D_FORWARD | CONV2D_BACKWARD | CONV2D_INIT;
  uint32_t offers = capabilities.directions ? capabilities.directions : all;
  subject = (conv2d_implementation){
    .abi = CONV2D_ABI,
    .size = sizeof subject,
    .name = json_string_value(json_object_get(o, "name")),
    .version = json_string_value(json_object_get(o, "version")),
    .description = json_string_value(json_object_get(o, "description")),
    .url = json_string_value(json_object_get(o, "url")),
    .claims = mask_of(json_object_get(o, "claims"), claims, &unknown),
    .capabilities = &capabilities,
    .output_shape = output_shape,
    .forward = forward,
    .backward = offers & CONV2D_BACKWARD ? backward : NULL,
    .init_parameters = offers & CONV2D_INIT ? init_parameters : NULL,
    .last_error = last_error,
    .own = mask_of(json_object_get(o, "own"), owns, &unknown),
    .environment = json_string_value(json_object_get(o, "environment")),
    .numerics = json_string_value(json_object_get(o, "numerics")),
    .int32_sums = mask_of(json_object_get(has, "int32_sums"), sums, &unknown),
    .jobs = jobs_of(json_object_get(o, "jobs"), &unknown),
  };
  return !unknown || nonsense("hello holds '%.60s', which is not in its vocabulary", unknown);
}

/* Runs while the shared object is loaded. It reports a failure by ending the process. */
__attribute__((constructor)) static void begin (void) {
  const char *command = getenv("CONV2D_PIPE_COMMAND");
  json_t *hello = command ? child_start(command) : NULL;
  if (!command)
    child_note("CONV2D_PIPE_COMMAND must name the command of the child");
  if (hello && fill(hello))
    return; /* the descriptor's texts lie in hello */
  fprintf(stderr, "%s: %s\n", command ? command : "no command", child_said());
  _exit(1);
}
