/* onnx.c: the table `onnx`: an ONNX model as Lua tables, with all that shapes depend on.
   protobuf-c reads it by runner/api/onnx.proto. Lua works out what the graph means
   (runner/lua/import/onnx.lua). */

#include "api.h"

#ifdef HAVE_PROTOBUF_C

#include "onnx.pb-c.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 64 }; /* of a constant: shapes, pads and scales are short, weights are not */

/* The file and what has been read of it. It is a userdata, so that an error in Lua frees both. */
typedef struct document {
  uint8_t *bytes;
  size_t size;
  Onnx__ModelProto *model;
} document;

static int document_gc (lua_State *L) {
  document *d = lua_touserdata(L, 1);
  if (d->model)
    onnx__model_proto__free_unpacked(d->model, NULL);
  free(d->bytes);
  *d = (document){ 0 };
  return 0;
}

static document *new_document (lua_State *L) {
  document *d = lua_newuserdatauv(L, sizeof *d, 0);
  *d = (document){ 0 };
  if (luaL_newmetatable(L, "onnx.document")) {
    lua_pushcfunction(L, document_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return d;
}

static bool read_file (document *d, const char *path, error *e) {
  FILE *f = fopen(path, "rb");
  long size = -1;
  if (f && !fseek(f, 0, SEEK_END))
    size = ftell(f);
  if (size >= 0 && (d->bytes = malloc((size_t) size + 1))) {
    rewind(f);
    d->size = fread(d->bytes, 1, (size_t) size, f);
  }
  const bool good = d->bytes && !ferror(f);
  const char *why = good ? "" : errno ? strerror(errno) : "can't be read";
  if (f)
    fclose(f);
  return good || fail(e, BAD_INPUT, "%s: %s", path, why);
}

/* ---- tensors */

/* The name of the element type with that number in ONNX; NULL if no case can have the type. */
static const char *type_name (int type) {
  static const char *const names[] = {
    [1] = "float32", [2] = "uint8",    [3] = "int8",     [5] = "int16",    [6] = "int32",
    [7] = "int64",   [10] = "float16", [11] = "float64", [16] = "bfloat16"
  };
  return type > 0 && type < (int) (sizeof names / sizeof *names) ? names[type] : NULL;
}

static void push_raw (lua_State *L, const Onnx__TensorProto *t, size_t i) {
  int64_t wide;
  int32_t narrow;
  float real;
  double real_wide;
  const uint8_t *from = t->raw_data.data;
  if (t->data_type == 7) {
    memcpy(&wide, from + i * sizeof wide, sizeof wide);
    lua_pushinteger(L, wide);
  } else if (t->data_type == 6) {
    memcpy(&narrow, from + i * sizeof narrow, sizeof narrow);
    lua_pushinteger(L, narrow);
  } else if (t->data_type == 11) {
    memcpy(&real_wide, from + i * sizeof real_wide, sizeof real_wide);
    lua_pushnumber(L, real_wide);
  } else {
    memcpy(&real, from + i * sizeof real, sizeof real);
    lua_pushnumber(L, (lua_Number) real);
  }
}

static void push_element (lua_State *L, const Onnx__TensorProto *t, size_t i) {
  if (i < t->n_int64_data)
    lua_pushinteger(L, t->int64_data[i]);
  else if (i < t->n_int32_data)
    lua_pushinteger(L, t->int32_data[i]);
  else if (i < t->n_float_data)
    lua_pushnumber(L, (lua_Number) t->float_data[i]);
  else
    push_raw(L, t, i);
}

/* Bytes of an element, for types that are read in their raw form; 0 for other types. */
static size_t width_of (int type) {
  return type == 7 || type == 11 ? 8 : type == 6 || type == 1 ? 4 : 0;
}

/* How many numbers of the tensor can be pushed; 0 for other types and for long tensors. */
static size_t count_elements (const Onnx__TensorProto *t) {
  const size_t width = width_of(t->data_type);
  const size_t given = t->n_int64_data   ? t->n_int64_data
                       : t->n_int32_data ? t->n_int32_data
                       : t->n_float_data ? t->n_float_data
                       : width           ? t->raw_data.len / width
                                         : 0;
  return given <= MOST_VALUES ? given : 0;
}

/* {type =, shape = {...}, values = {...}} */
static void push_tensor (lua_State *L, const Onnx__TensorProto *t) {
  const size_t values = count_elements(t);
  lua_createtable(L, 0, 3);
  api_set_string(L, "type", type_name(t->data_type));
  api_push_integers(L, t->dims, (int) t->n_dims);
  lua_setfield(L, -2, "shape");
  lua_createtable(L, (int) values, 0);
  for (size_t i = 0; i < values; i++) {
    push_element(L, t, i);
    lua_rawseti(L, -2, (lua_Integer) i + 1);
  }
  lua_setfield(L, -2, "values");
}

/* ---- the graph */

static void push_strings (lua_State *L, char *const *text, size_t count) {
  lua_createtable(L, (int) count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushstring(L, text[i]);
    lua_rawseti(L, -2, (lua_Integer) i + 1);
  }
}

static void push_floats (lua_State *L, const float *value, size_t count) {
  lua_createtable(L, (int) count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushnumber(L, (lua_Number) value[i]);
    lua_rawseti(L, -2, (lua_Integer) i + 1);
  }
}

/* A subgraph becomes `true`, which only says that there is one. */
static void push_attribute (lua_State *L, const Onnx__AttributeProto *a) {
  switch (a->type) {
  case 1: lua_pushnumber(L, (lua_Number) a->f); break;
  case 2: lua_pushinteger(L, a->i); break;
  case 3: lua_pushlstring(L, (const char *) a->s.data, a->s.len); break;
  case 4: a->t ? push_tensor(L, a->t) : lua_pushnil(L); break;
  case 6: push_floats(L, a->floats, a->n_floats); break;
  case 7: api_push_integers(L, a->ints, (int) a->n_ints); break;
  default: lua_pushboolean(L, true);
  }
}

static void push_node (lua_State *L, const Onnx__NodeProto *n) {
  lua_createtable(L, 0, 5);
  api_set_string(L, "op", n->op_type);
  api_set_string(L, "name", n->name);
  api_set_string(L, "domain", n->domain);
  push_strings(L, n->input, n->n_input);
  lua_setfield(L, -2, "inputs");
  push_strings(L, n->output, n->n_output);
  lua_setfield(L, -2, "outputs");
  lua_createtable(L, 0, (int) n->n_attribute);
  for (size_t i = 0; i < n->n_attribute; i++) {
    push_attribute(L, n->attribute[i]);
    lua_setfield(L, -2, n->attribute[i]->name);
  }
  lua_setfield(L, -2, "attributes");
}

/* An extent: a number, or the name that stands for it ("" if it has none). */
static void push_extent (lua_State *L, const Onnx__TensorShapeProto__Dimension *d) {
  if (d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE)
    lua_pushinteger(L, d->dim_value);
  else if (d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM)
    lua_pushstring(L, d->dim_param);
  else
    lua_pushliteral(L, "");
}

static void push_value (lua_State *L, const Onnx__ValueInfoProto *v) {
  const Onnx__TypeProto__Tensor *t = v->type ? v->type->tensor_type : NULL;
  lua_createtable(L, 0, 3);
  api_set_string(L, "name", v->name);
  api_set_string(L, "type", t ? type_name(t->elem_type) : NULL);
  if (!t || !t->shape)
    return;
  lua_createtable(L, (int) t->shape->n_dim, 0);
  for (size_t i = 0; i < t->shape->n_dim; i++) {
    push_extent(L, t->shape->dim[i]);
    lua_rawseti(L, -2, (lua_Integer) i + 1);
  }
  lua_setfield(L, -2, "shape");
}

static void add_values (lua_State *L, Onnx__ValueInfoProto *const *v, size_t count) {
  for (size_t i = 0; i < count; i++) {
    push_value(L, v[i]);
    lua_rawseti(L, -2, (lua_Integer) lua_rawlen(L, -2) + 1);
  }
}

static void push_graph (lua_State *L, const Onnx__GraphProto *g) {
  lua_createtable(L, 0, 3);
  lua_createtable(L, (int) g->n_node, 0);
  for (size_t i = 0; i < g->n_node; i++) {
    push_node(L, g->node[i]);
    lua_rawseti(L, -2, (lua_Integer) i + 1);
  }
  lua_setfield(L, -2, "nodes");
  lua_createtable(L, 0, (int) g->n_initializer);
  for (size_t i = 0; i < g->n_initializer; i++) {
    push_tensor(L, g->initializer[i]);
    lua_setfield(L, -2, g->initializer[i]->name);
  }
  lua_setfield(L, -2, "constants");
  lua_newtable(L);
  add_values(L, g->input, g->n_input);
  add_values(L, g->value_info, g->n_value_info);
  add_values(L, g->output, g->n_output);
  lua_setfield(L, -2, "values");
}

/* onnx.read (path) -> {nodes = {{op =, name =, domain =, inputs =, outputs =, attributes =}, ...},
   constants = {name = {type =, shape =, values =}}, values = {{name =, type =, shape =}, ...}} */
static int read_model (lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  error e;
  document *d = new_document(L);
  errno = 0;
  if (!read_file(d, path, &e))
    return api_fail(L, &e);
  d->model = onnx__model_proto__unpack(NULL, d->size, d->bytes);
  if (!d->model || !d->model->graph)
    return api_usage(L, "%s: not an ONNX model", path);
  push_graph(L, d->model->graph);
  return 1;
}

#else

/* The program was built without the library that reads the format: the function raises an error. */
static int read_model (lua_State *L) {
  return api_usage(L,
                   "%s: this program was built without protobuf-c, which reads ONNX: "
                   "install libprotobuf-c-dev and protobuf-c-compiler, and build it again",
                   luaL_checkstring(L, 1));
}

#endif

void api_open_onnx (lua_State *L) {
  static const luaL_Reg functions[] = { { "read", read_model }, { NULL, NULL } };
  luaL_newlib(L, functions);
#ifdef HAVE_PROTOBUF_C
  lua_pushboolean(L, true);
  lua_setfield(L, -2, "available");
#endif
  lua_setglobal(L, "onnx");
}
