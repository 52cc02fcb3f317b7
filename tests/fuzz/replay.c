/* replay.c: runs a target on each file named, so that the corpus is part of `make check`. */

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t length);

int main (int argc, char **argv) {
  static unsigned char bytes[1 << 20];
  for (int i = 1; i < argc; i++) {
    FILE *f = fopen(argv[i], "rb");
    size_t length = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    /* a copy of just that size, so that a sanitizer sees a read past its end */
    unsigned char *copy = malloc(length + 1);
    for (size_t k = 0; copy && k < length; k++)
      copy[k] = bytes[k];
    if (!f || !copy)
      return 1;
    LLVMFuzzerTestOneInput(copy, length);
    free(copy);
    fclose(f);
  }
  printf("%d files\n", argc - 1);
  return argc < 2;
}
