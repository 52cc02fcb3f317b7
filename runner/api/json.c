/* json.c: the table `json`: result logs read line by line, and values written for reports.
   Numbers that JSON can't hold are read and written as strings (specs/result-log.md). */

#include "api.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEEPEST = 64 };

static const char list_kind[] = "json.list";

/* ---- decode */

static void push_value (lua_State *L, const json_t *v);

static void push_object (lua_State *L, const json_t *o) {
  const char *key;
  json_t *v;
  lua_createtable(L, 0, (int) json_object_size(o));
  json_object_foreach((json_t *) o, key, v) {
    push_value(L, v);
    lua_setfield(L, -2, key);
  }
}

static void push_list (lua_State *L, const json_t *list) {
  size_t i;
  json_t *v;
  lua_createtable(L, (int) json_array_size(list), 0);
  json_array_foreach(list, i, v) {
    push_value(L, v);
    lua_rawseti(L, -2, (lua_Integer) i + 1);
  }
}

/* jansson refuses text that is nested deeper than 2048. */
static void push_value (lua_State *L, const json_t *v) {
  luaL_checkstack(L, 4, "JSON is nested too deeply");
  switch (json_typeof(v)) {
  case JSON_OBJECT: push_object(L, v); break;
  case JSON_ARRAY: push_list(L, v); break;
  case JSON_STRING: lua_pushlstring(L, json_string_value(v), json_string_length(v)); break;
  case JSON_INTEGER: lua_pushinteger(L, json_integer_value(v)); break;
  case JSON_REAL: lua_pushnumber(L, json_real_value(v)); break;
  case JSON_NULL: lua_pushnil(L); break;
  default: lua_pushboolean(L, json_is_true(v));
  }
}

/* The document is a userdata on the stack, so that an error in Lua frees it, too. */
static int document_gc (lua_State *L) {
  json_decref(*(json_t **) lua_touserdata(L, 1));
  return 0;
}

static json_t **new_document (lua_State *L) {
  json_t **at = lua_newuserdatauv(L, sizeof *at, 0);
  *at = NULL;
  if (luaL_newmetatable(L, "json.document")) {
    lua_pushcfunction(L, document_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return at;
}

/* json.decode (text) -> value, or nil, what is wrong with it and in which line */
static int decode (lua_State *L) {
  size_t size;
  json_error_t wrong;
  const char *text = luaL_checklstring(L, 1, &size);
  json_t **document = new_document(L);
  *document = json_loadb(text, size, 0, &wrong);
  if (*document == NULL) {
    lua_pushnil(L);
    lua_pushfstring(L, "column %d: %s", wrong.column, wrong.text);
    lua_pushinteger(L, wrong.line);
    return 3;
  }
  push_value(L, *document);
  json_decref(*document);
  *document = NULL;
  return 1;
}

/* ---- encode */

static json_t *to_json (lua_State *L, int depth);

static json_t *number_to_json (lua_State *L) {
  char text[40];
  if (lua_isinteger(L, -1))
    return json_integer(lua_tointeger(L, -1));
  const double v = lua_tonumber(L, -1);
  if (isfinite(v))
    return json_real(v);
  snprintf(text, sizeof text, "%g", v);
  return json_string(text);
}

static json_t *list_to_json (lua_State *L, int depth) {
  json_t *list = json_array();
  const lua_Integer n = (lua_Integer) lua_rawlen(L, -1);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, -1, i);
    json_t *v = to_json(L, depth + 1);
    lua_pop(L, 1);
    if (v == NULL || json_array_append_new(list, v) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}

static json_t *object_to_json (lua_State *L, int depth) {
  json_t *o = json_object();
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    json_t *v = lua_type(L, -2) == LUA_TSTRING ? to_json(L, depth + 1) : NULL;
    if (v == NULL || json_object_set_new(o, lua_tostring(L, -2), v) != 0) {
      lua_pop(L, 2);
      json_decref(o);
      return NULL;
    }
  }
  return o;
}

static bool is_list (lua_State *L) {
  const bool marked = lua_getmetatable(L, -1);
  if (marked)
    lua_pop(L, 1);
  return marked || lua_rawlen(L, -1) > 0;
}

/* Converts the value on top of the stack, and leaves it there; NULL if JSON has nothing like it. */
static json_t *to_json (lua_State *L, int depth) {
  if (depth > DEEPEST || !lua_checkstack(L, 4))
    return NULL;
  switch (lua_type(L, -1)) {
  case LUA_TNUMBER: return number_to_json(L);
  case LUA_TBOOLEAN: return json_boolean(lua_toboolean(L, -1));
  case LUA_TSTRING: return json_stringn(lua_tostring(L, -1), lua_rawlen(L, -1));
  case LUA_TTABLE: return is_list(L) ? list_to_json(L, depth) : object_to_json(L, depth);
  default: return NULL;
  }
}

/* json.encode (value) -> text on one line, keys in order. A table with elements, or one that went
   through json.list, becomes a list. Text that isn't UTF-8, and functions, are errors. */
static int encode (lua_State *L) {
  lua_settop(L, 1);
  json_t **document = new_document(L);
  lua_pushvalue(L, 1);
  *document = to_json(L, 0);
  char *text = *document ? json_dumps(*document, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY
                                                     | JSON_REAL_PRECISION(9))
                         : NULL;
  if (text == NULL)
    return luaL_error(L, "json.encode: a value that JSON can't hold");
  lua_pushstring(L, text);
  free(text);
  return 1;
}

/* json.list (table) -> the same table, which becomes a list even if it is empty */
static int mark_list (lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  luaL_newmetatable(L, list_kind);
  lua_setmetatable(L, 1);
  return 1;
}

void api_open_json (lua_State *L) {
  static const luaL_Reg functions[] = {
    { "decode", decode }, { "encode", encode }, { "list", mark_list }, { NULL, NULL }
  };
  luaL_newlib(L, functions);
  lua_setglobal(L, "json");
}
