/* device.c: devices by their names. */

#include "../tap.h"
#include "call/device.h"

#include <string.h>

static void test_name (const char *given, int type, int number, const char *full) {
  DLDevice d = { 0 };
  char name[MAX_DEVICE_NAME];
  ok(device_named(given, &d) && (int) d.device_type == type && d.device_id == number,
     "%s is device %d of type %d", given, number, type);
  device_name(d, name);
  ok(strcmp(name, full) == 0, "  called %s", name);
}

int main (void) {
  static const char *const none[] = { "",        "gpu",     "cuda:",   "cuda: 1",     "cuda:1x",
                                      "cuda:-1", "cuda:+1", "cudas:0", "cuda:999999", ":0" };
  test_name("cpu", 1, 0, "cpu:0");
  test_name("cuda", 2, 0, "cuda:0");
  test_name("cuda:3", 2, 3, "cuda:3");
  test_name("cuda_managed:1", 13, 1, "cuda_managed:1");
  test_name("opencl:0", 4, 0, "opencl:0");
  test_name("rocm:12", 10, 12, "rocm:12");
  test_name("oneapi", 14, 0, "oneapi:0");
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    DLDevice d;
    ok(!device_named(none[i], &d), "'%s' is no device", none[i]);
  }
  char name[MAX_DEVICE_NAME];
  device_name((DLDevice){ (DLDeviceType) 99, 1 }, name);
  ok(strcmp(name, "device 99:1") == 0, "a type without a name has its number");
  return done_testing();
}
