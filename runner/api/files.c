/* files.c: files of Lua that zstd compresses or decompresses on their way. */

#include "api.h"
#include "outputs.h"
#include "zstd.h"

#include <errno.h>
#include <lauxlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int close_file (lua_State *L) {
  luaL_Stream *s = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  return luaL_fileresult(L, !fclose(s->f), NULL);
}

/* cts.open (path, "r" or "w") -> a file as of io.open, or nil, a message and a code. What is read
   from a compressed file is decompressed; what is written to a file whose name ends in .zst is
   compressed. Such files have no seek. */
int api_open_file (lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  const char *mode = luaL_checkstring(L, 2);
  luaL_Stream *s = lua_newuserdatauv(L, sizeof *s, 0);
  s->closef = NULL;
  luaL_setmetatable(L, LUA_FILEHANDLE);
  s->f = fopen(path, mode[0] == 'w' ? "we" : "re");
  if (s->f && mode[0] == 'w' && zstd_named(path))
    s->f = zstd_writer(s->f);
  else if (s->f && mode[0] == 'r')
    s->f = zstd_reader(s->f);
  s->closef = close_file;
  return s->f ? 1 : luaL_fileresult(L, 0, path);
}

/* cts.exists (path): whether anything is there. It is not opened, so a FIFO does not wait. */
int api_exists (lua_State *L) {
  lua_pushboolean(L, access(luaL_checkstring(L, 1), F_OK) == 0 || errno != ENOENT);
  return 1;
}

/* cts.same_file (path, other): whether both name one file that is there, however it is spelled */
int api_same_file (lua_State *L) {
  struct stat a, b;
  lua_pushboolean(L, stat(luaL_checkstring(L, 1), &a) == 0 && stat(luaL_checkstring(L, 2), &b) == 0
                         && a.st_dev == b.st_dev && a.st_ino == b.st_ino);
  return 1;
}

/* cts.overwrites (path) -> "log" or "other", what a file holds, or "busy", a log that a run is
   writing; nil if nothing would be lost. */
int api_overwrites (lua_State *L) {
  static const char *const words[] = { NULL, "log", "other", "busy" };
  lua_pushstring(L, words[outputs_look(luaL_checkstring(L, 1))]);
  return 1;
}
