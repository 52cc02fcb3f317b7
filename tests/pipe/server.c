/* server.c: a subject as a process: whatever descriptor it is linked with. */

#include "../../adapters/conv2d_subject.h"

int main (void) {
  return conv2d_serve(&conv2d_subject);
}
