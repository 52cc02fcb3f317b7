/* xml.c: the table `xml`: writes XML by libxml2, which escapes text and nests elements.
   What XML can't hold in any form (control characters, bytes that aren't UTF-8) is left out. */

#include "api.h"

#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

static const char kind[] = "xml";

typedef struct lua_xml {
  xmlBuffer *buffer;
  xmlTextWriter *writer;
} lua_xml;

static lua_xml *check (lua_State *L, int index) {
  return luaL_checkudata(L, index, kind);
}

/* ---- text */

static bool is_character (int c) {
  return c == '\t' || c == '\n' || (c >= ' ' && c != 0x7f && c != 0xfffe && c != 0xffff);
}

/* Pushes a copy without what XML can't hold. */
static const char *push_clean (lua_State *L, const char *text, size_t size) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (size_t i = 0; i < size;) {
    int length = size - i < 4 ? (int) (size - i) : 4;
    const int c = xmlGetUTF8Char((const unsigned char *) text + i, &length);
    if (c >= 0 && is_character(c))
      luaL_addlstring(&b, text + i, (size_t) length);
    i += c >= 0 ? (size_t) length : 1;
  }
  luaL_pushresult(&b);
  return lua_tostring(L, -1);
}

static const xmlChar *clean_argument (lua_State *L, int index) {
  size_t size;
  const char *text = luaL_tolstring(L, index, &size);
  return (const xmlChar *) push_clean(L, text, size);
}

static int check_written (lua_State *L, int status) {
  if (status < 0)
    return luaL_error(L, "xml: out of memory, or elements out of order");
  lua_settop(L, 1);
  return 1;
}

/* ---- methods; each returns the writer */

/* w:start (name, attribute, value, ...): a value of nil leaves its attribute out */
static int start (lua_State *L) {
  const lua_xml *x = check(L, 1);
  const int last = lua_gettop(L);
  int status = xmlTextWriterStartElement(x->writer, (const xmlChar *) luaL_checkstring(L, 2));
  for (int i = 3; i < last && status >= 0; i += 2) {
    if (lua_isnil(L, i + 1))
      continue;
    const xmlChar *name = (const xmlChar *) luaL_checkstring(L, i);
    status = xmlTextWriterWriteAttribute(x->writer, name, clean_argument(L, i + 1));
    lua_settop(L, last);
  }
  return check_written(L, status);
}

static int write_text (lua_State *L) {
  const lua_xml *x = check(L, 1);
  return check_written(L, xmlTextWriterWriteString(x->writer, clean_argument(L, 2)));
}

/* w:finish () ends the element that was started last. */
static int finish (lua_State *L) {
  return check_written(L, xmlTextWriterEndElement(check(L, 1)->writer));
}

/* w:result () -> the whole document; ends all elements */
static int result (lua_State *L) {
  const lua_xml *x = check(L, 1);
  if (xmlTextWriterEndDocument(x->writer) < 0 || xmlTextWriterFlush(x->writer) < 0)
    return luaL_error(L, "xml: out of memory");
  lua_pushlstring(L, (const char *) xmlBufferContent(x->buffer),
                  (size_t) xmlBufferLength(x->buffer));
  return 1;
}

static int xml_gc (lua_State *L) {
  lua_xml *x = check(L, 1);
  if (x->writer)
    xmlFreeTextWriter(x->writer);
  if (x->buffer)
    xmlBufferFree(x->buffer);
  *x = (lua_xml){ 0 };
  return 0;
}

/* xml.new () -> a writer of an indented document */
static int new (lua_State *L) {
  lua_xml *x = lua_newuserdatauv(L, sizeof *x, 0);
  *x = (lua_xml){ 0 };
  luaL_setmetatable(L, kind);
  x->buffer = xmlBufferCreate();
  x->writer = x->buffer ? xmlNewTextWriterMemory(x->buffer, 0) : NULL;
  if (x->writer == NULL || xmlTextWriterSetIndent(x->writer, 1) < 0
      || xmlTextWriterStartDocument(x->writer, NULL, "UTF-8", NULL) < 0)
    return luaL_error(L, "xml: out of memory");
  return 1;
}

void api_open_xml (lua_State *L) {
  static const luaL_Reg methods[] = { { "start", start },
                                      { "text", write_text },
                                      { "finish", finish },
                                      { "result", result },
                                      { NULL, NULL } };
  static const luaL_Reg functions[] = { { "new", new }, { NULL, NULL } };
  api_new_kind(L, kind);
  lua_pushcfunction(L, xml_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  lua_setglobal(L, "xml");
}
