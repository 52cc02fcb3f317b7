/* tables.c: the suite's tables in Lua: clauses, verdicts, recipes, contracts, dtypes and padding
   modes. */

#include "api.h"

#include "call/contract.h"
#include "call/dtype.h"
#include "call/padding_mode.h"

static void set_text (lua_State *L, const char *key, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, key);
}

static void set_flag (lua_State *L, const char *key, bool flag) {
  lua_pushboolean(L, flag);
  lua_setfield(L, -2, key);
}

static void set_integer (lua_State *L, const char *key, lua_Integer value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, key);
}

/* cts.clauses () -> { {id =, title =, file =, class =, rejects =, governs =, not_alone =}, ... } */
int api_clauses (lua_State *L) {
  static const char *const classes[] = { [MUST] = "must", [FREE] = "free", [QUIRK] = "quirk" };
  const spec *s = api_program(L)->spec;
  lua_createtable(L, (int) spec_count(s), 0);
  for (size_t i = 0; i < spec_count(s); i++) {
    const clause *c = spec_clause(s, i);
    lua_createtable(L, 0, 7);
    set_text(L, "id", c->id);
    set_text(L, "governs", c->governs);
    set_text(L, "not_alone", c->not_alone);
    set_text(L, "title", c->title);
    set_text(L, "file", c->file);
    set_text(L, "class", classes[c->freedom]);
    set_flag(L, "rejects", c->rejects);
    lua_rawseti(L, -2, (lua_Integer) i + 1);
  }
  return 1;
}

/* cts.recipes () -> { {name =, about =, exact =, finite =}, ... } */
int api_recipes (lua_State *L) {
  lua_newtable(L);
  for (int i = 0; recipes[i].name; i++) {
    lua_createtable(L, 0, 4);
    set_text(L, "name", recipes[i].name);
    set_text(L, "about", recipes[i].about);
    set_flag(L, "exact", recipes[i].exact);
    set_flag(L, "finite", recipes[i].finite);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* cts.verdicts () -> { {word =, class =, sentence =}, ... } */
int api_verdicts (lua_State *L) {
  lua_createtable(L, VERDICT_COUNT, 0);
  for (int v = 0; v < VERDICT_COUNT; v++) {
    lua_createtable(L, 0, 3);
    set_text(L, "word", verdict_word((verdict) v));
    set_text(L, "class", verdict_class_word(verdict_class_of((verdict) v)));
    set_text(L, "sentence", verdict_sentence((verdict) v));
    lua_rawseti(L, -2, v + 1);
  }
  return 1;
}

/* cts.presets () -> { {name = "tf32", dtypes = "float32", means = "operands=11"}, ... } */
int api_presets (lua_State *L) {
  lua_newtable(L);
  for (const numerics_preset *p = numerics_presets; p->name; p++) {
    lua_newtable(L);
    set_text(L, "name", p->name);
    set_text(L, "dtypes", p->dtypes);
    set_text(L, "means", p->means);
    lua_rawseti(L, -2, p - numerics_presets + 1);
  }
  return 1;
}

/* A field of a contract: a dtype, a number or a flag. One that states nothing is left out. */
static void state_type (lua_State *L, const char *key, DLDataType t) {
  if (t.bits)
    set_text(L, key, dtype_name(t));
}

static void state_number (lua_State *L, const char *key, int64_t value) {
  if (value)
    set_integer(L, key, value);
}

static void state_flag (lua_State *L, const char *key, bool flag) {
  if (flag)
    set_flag(L, key, true);
}

static void push_contract (lua_State *L, const contract *c) {
  lua_newtable(L);
  state_number(L, "operands", c->operands);
  state_number(L, "splits", c->splits);
  state_flag(L, "operands_cut", c->operands_cut);
  state_type(L, "accumulator", c->sum);
  state_flag(L, "accumulator_cut", c->sum_cut);
  state_number(L, "align", c->align);
  state_type(L, "store", c->stored);
  state_number(L, "store_every", c->every);
  state_flag(L, "result_cut", c->result_cut);
  state_flag(L, "saturate", c->saturate);
  state_flag(L, "flush", c->flush);
}

/* cts.numerics (text) -> { float32 = { operands = 11 }, ... }: of each dtype that the text is
   about, what it states. */
int api_numerics (lua_State *L) {
  numerics n;
  error e;
  if (!numerics_parse(luaL_checkstring(L, 1), &n, &e))
    return api_fail(L, &e);
  lua_newtable(L);
  for (int i = 0; dtypes[i].name; i++)
    if (n.of[i].stated) {
      push_contract(L, &n.of[i]);
      lua_setfield(L, -2, dtypes[i].name);
    }
  return 1;
}

/* cts.dtypes () -> a list of {name =, brief =, code = "kDLFloat", bits =, exponent =, fraction =,
   npy =}. exponent and fraction are 0 for integer types. */
int api_dtypes (lua_State *L) {
  lua_newtable(L);
  for (const dtype *d = dtypes; d->name; d++) {
    lua_createtable(L, 0, 7);
    set_text(L, "name", d->name);
    set_text(L, "brief", d->brief);
    set_text(L, "code", d->c_code);
    set_text(L, "npy", d->npy);
    set_integer(L, "bits", d->bits);
    set_integer(L, "parts", d->parts);
    set_integer(L, "exponent", d->exponent);
    set_integer(L, "fraction", d->fraction);
    lua_rawseti(L, -2, d - dtypes + 1);
  }
  return 1;
}

/* cts.bits (dtype, value) -> the bits of the nearest element, as an integer */
int api_bits (lua_State *L) {
  DLDataType t;
  const char *name = luaL_checkstring(L, 1);
  const double value = luaL_checknumber(L, 2);
  if (!dtype_parse(name, &t))
    return api_usage(L, "there is no dtype '%s'", name);
  lua_pushinteger(L, (lua_Integer) dtype_bits(dtype_of(t), value));
  return 1;
}

/* source (q, n) -> which row or column of an axis of length n is read at q; -1: a zero is */
static int padding_source (lua_State *L) {
  const padding_mode *m = lua_touserdata(L, lua_upvalueindex(1));
  const lua_Integer q = luaL_checkinteger(L, 1), n = luaL_checkinteger(L, 2);
  lua_pushinteger(L, m->source(q, n));
  return 1;
}

/* cts.padding_modes () -> { {name =, source = function (q, n)}, ... } */
int api_padding_modes (lua_State *L) {
  const padding_mode *m;
  lua_newtable(L);
  for (int i = 0; (m = padding_mode_of(i)); i++) {
    lua_createtable(L, 0, 2);
    set_text(L, "name", m->name);
    lua_pushlightuserdata(L, (void *) m);
    lua_pushcclosure(L, padding_source, 1);
    lua_setfield(L, -2, "source");
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}
