/* printable.c: one decoder of UTF-8, one way to quote. */

#include "printable.h"

#include <stdint.h>
#include <string.h>

/* The length of the character at `p`, and its code. 0 if there is no valid one: it is overlong, a
   surrogate, beyond the last code, or cut off. */
static size_t decode (const unsigned char *p, uint32_t *code) {
  static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
  size_t length = *p < 0x80 ? 1 : *p >> 5 == 6 ? 2 : *p >> 4 == 14 ? 3 : *p >> 3 == 30 ? 4 : 0;
  *code = length < 2 ? *p : *p & (0x7fu >> length);
  for (size_t i = 1; i < length; i++) {
    if (p[i] >> 6 != 2)
      return 0;
    *code = *code << 6 | (p[i] & 0x3fu);
  }
  return *code < least[length] || *code > 0x10ffff || *code >> 11 == 27 ? 0 : length;
}

static bool is_command (uint32_t c) {
  return c < ' ' || (c >= 0x7f && c < 0xa0)          /* controls */
         || c == 0x61c || c == 0x200e || c == 0x200f /* marks of direction */
         || (c >= 0x2028 && c <= 0x202e)
         || (c >= 0x2066 && c <= 0x2069) /* ends of lines, overrides */
         || c == 0xfeff;
}

/* newline: what stands for the end of a line */
static void clean (char *text, char newline) {
  unsigned char *to = (unsigned char *) text;
  for (const unsigned char *p = to; *p;) {
    uint32_t code;
    size_t length = decode(p, &code);
    if (!length || is_command(code))
      *to++ = (unsigned char) (length && code == '\n' ? newline : '?');
    else
      memmove(to, p, length), to += length;
    p += length ? length : 1;
  }
  *to = 0;
}

void make_printable (char *text) {
  clean(text, ' ');
}

void make_lines_printable (char *text) {
  clean(text, '\n');
}

const char *last_lines (const char *text, size_t most) {
  const size_t length = strlen(text);
  if (length <= most)
    return text;
  const char *from = text + length - most, *line = strchr(from, '\n');
  return line && line[1] ? line + 1 : from;
}

static bool is_plain (const char *word) {
  return *word
         && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "-_./:=+@%")];
}

bool add_quoted (char *to, size_t size, const char *word) {
  size_t length = strlen(word), quotes = 0;
  for (const char *p = word; *p; p++)
    quotes += *p == '\'';
  if (strlen(to) + length + 3 * quotes + 3 > size)
    return false;
  to += strlen(to);
  if (is_plain(word)) {
    strcpy(to, word);
    return true;
  }
  *to++ = '\'';
  for (; *word; word++) {
    memcpy(to, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
    to += *word == '\'' ? 4 : 1;
  }
  strcpy(to, "'");
  return true;
}
