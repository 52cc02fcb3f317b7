/* options.c: tables of options that a script gives. An option that is not known is an error: if it
   were ignored silently, it might be the one that makes a gate strict. */

#include "api.h"

#include <stdio.h>
#include <string.h>

enum { MAX_INTEGER = 1000000000 };

/* Pushes options[key] and returns its type, LUA_TNIL if there is no table. */
static int push_option (lua_State *L, int index, const char *key) {
  if (lua_isnoneornil(L, index)) {
    lua_pushnil(L);
    return LUA_TNIL;
  }
  luaL_checktype(L, index, LUA_TTABLE);
  return lua_getfield(L, index, key);
}

const char *option_string (lua_State *L, int index, const char *key) {
  int type = push_option(L, index, key);
  if (type != LUA_TNIL && type != LUA_TSTRING)
    api_usage(L, "%s: a string is expected, got a %s", key, lua_typename(L, type));
  const char *text = lua_tostring(L, -1);
  lua_pop(L, 1); /* the table keeps it alive */
  return text;
}

double option_number (lua_State *L, int index, const char *key, double fallback) {
  push_option(L, index, key);
  int is_number;
  double v = lua_tonumberx(L, -1, &is_number);
  if (!lua_isnil(L, -1) && !is_number)
    api_usage(L, "%s: a number is expected, got '%s'", key, luaL_tolstring(L, -1, NULL));
  bool absent = lua_isnil(L, -1);
  lua_pop(L, 1);
  return absent ? fallback : v;
}

lua_Integer option_integer (lua_State *L, int index, const char *key, lua_Integer fallback) {
  const double v = option_number(L, index, key, (double) fallback);
  if (!(v >= 0 && v <= MAX_INTEGER) || v != (double) (lua_Integer) v)
    api_usage(L, "%s: an integer from 0 to %d is expected", key, MAX_INTEGER);
  return (lua_Integer) v;
}

bool option_true (lua_State *L, int index, const char *key) {
  int type = push_option(L, index, key);
  if (type != LUA_TNIL && type != LUA_TBOOLEAN)
    api_usage(L, "%s: true or false is expected, got a %s", key, lua_typename(L, type));
  bool v = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return v;
}

bool option_function (lua_State *L, int index, const char *key) {
  int type = push_option(L, index, key);
  if (type != LUA_TNIL && type != LUA_TFUNCTION)
    api_usage(L, "%s: a function is expected, got a %s", key, lua_typename(L, type));
  lua_pop(L, 1);
  return type == LUA_TFUNCTION;
}

int option_word (lua_State *L, int index, const char *key, const char *const *words, int fallback) {
  const char *text = option_string(L, index, key);
  if (!text)
    return fallback;
  char list[200] = "";
  for (int i = 0; words[i]; i++) {
    if (!strcmp(text, words[i]))
      return i;
    snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", words[i]);
  }
  return api_usage(L, "%s: one of %s is expected, got '%s'", key, list, text);
}

/* Raises an error that lists the known keys; the unknown one is on top of the stack. */
static int unknown_key (lua_State *L, const char *what, const char *const *keys) {
  luaL_Buffer b;
  const char *got = luaL_tolstring(L, -1, NULL);
  luaL_buffinit(L, &b);
  for (int i = 0; keys[i]; i++) {
    luaL_addstring(&b, i ? ", " : "");
    luaL_addstring(&b, keys[i]);
  }
  luaL_pushresult(&b);
  return api_usage(L, "%s: unknown key '%s': there are %s", what, got, lua_tostring(L, -1));
}

void option_check (lua_State *L, int index, const char *what, const char *const *keys) {
  if (lua_isnoneornil(L, index))
    return;
  luaL_checktype(L, index, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, index);) {
    lua_pop(L, 1);
    int i = 0;
    while (keys[i] && !(lua_type(L, -1) == LUA_TSTRING && !strcmp(lua_tostring(L, -1), keys[i])))
      i++;
    if (!keys[i])
      unknown_key(L, what, keys);
  }
}
