/* node.c: what the scalars of a YAML tree mean.
   Narrower than YAML 1.1 on purpose: here `010`, `1e999` and quoted numbers are not numbers. */

#include "yamltree.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const node *node_get (const node *map, const char *key) {
  for (int i = 0; i < map->count; i++)
    if (!strcmp(map->item[2 * i]->text, key))
      return map->item[2 * i + 1];
  return NULL;
}

/* Skips the digits of a decimal number without a leading zero. */
static const char *skip_digits (const char *p) {
  return *p == '0' ? p + 1 : p + strspn(p, "0123456789");
}

bool node_integer (const node *n, int64_t *value) {
  if (n->kind != SCALAR || n->quoted)
    return false;
  const char *first = n->text + (*n->text == '-'), *end = skip_digits(first);
  if (end == first || *end || !strcmp(n->text, "-0"))
    return false;
  errno = 0;
  *value = strtoll(n->text, NULL, 10);
  return !errno;
}

/* The part of a float after its sign: digits, or a hexadecimal one, as C writes them. */
static bool is_float (const char *p) {
  if (!strcmp(p, "inf") || !strcmp(p, "nan"))
    return true;
  bool hex = !strncmp(p, "0x", 2);
  const char *digits = hex ? "0123456789abcdef" : "0123456789";
  const char *start = p = hex ? p + 2 : p;
  p = hex ? p + strspn(p, digits) : skip_digits(p);
  size_t count = (size_t) (p - start);
  if (*p == '.') {
    size_t fraction = strspn(++p, digits);
    count += fraction;
    p += fraction;
  }
  if (!count)
    return false;
  if (*p == (hex ? 'p' : 'e')) {
    p += 1 + (p[1] == '-' || p[1] == '+');
    if (!strspn(p, "0123456789"))
      return false;
    p += strspn(p, "0123456789");
  }
  return !*p;
}

bool node_number (const node *n, double *value) {
  if (n->kind != SCALAR || n->quoted || !is_float(n->text + (*n->text == '-')))
    return false;
  *value = strtod(n->text, NULL);
  return !isinf(*value) || strstr(n->text, "inf"); /* 1e999 is an error */
}
