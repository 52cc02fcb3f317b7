#!/bin/sh
# header.t: the ABI header is C11, C17 and C++17 without a warning, in C and in C++ alike.

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/subject.c" <<'END'
#include <conv2d_abi.h>
static int32_t shape (const conv2d_params *p, int32_t n, const int64_t *in, int64_t *out) {
  (void) p; (void) n; (void) in; (void) out;
  return CONV2D_UNSUPPORTED;
}
static int32_t forward (const conv2d_params *p, const DLTensor *x, const DLTensor *w,
                        const DLTensor *b, DLTensor *y) {
  (void) p; (void) x; (void) w; (void) b; (void) y;
  return CONV2D_UNSUPPORTED;
}
#ifdef __cplusplus
CONV2D_IMPLEMENT ("a", "1", shape, forward, nullptr, nullptr, 0, 0, nullptr, nullptr, nullptr, nullptr);
#else
CONV2D_IMPLEMENT (.name = "a", .version = "1", .output_shape = shape, .forward = forward);
#endif
END
cp "$folder/subject.c" "$folder/subject.cpp"
printf '#include <conv2d_oracle.h>\nint main () { return conv2d_oracle_environment () != nullptr; }\n' >"$folder/oracle.cpp"
printf '#include <conv2d_dtypes.h>
#define BIT(name, brief, abi, code, bits, exponent, fraction, infinity, npy) | abi
#define ONE(name, brief, abi, code, bits, exponent, fraction, infinity, npy) + 1
#define WIDE(name, brief, abi, code, bits, exponent, fraction, infinity, npy) | (bits %% 8)
int main (void) { return (0 CONV2D_DTYPES (BIT)) != (1 << (0 CONV2D_DTYPES (ONE))) - 1 || (0 CONV2D_DTYPES (WIDE)); }
' >"$folder/dtypes.c"

count=0
try () {
  count=$((count + 1))
  if "$@" >"$folder/out" 2>&1; then echo "ok $count - $*"; else
    echo "not ok $count - $*"
    sed 's/^/# /' "$folder/out"
  fi
}

strict='-Iinclude -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fPIC -shared'
for standard in c11 c17; do
  try ${CC:-gcc} -std=$standard $strict -Wstrict-prototypes -Wmissing-prototypes "$folder/subject.c" -o "$folder/$standard.so"
done
try ${CXX:-g++} -std=c++17 $strict "$folder/subject.cpp" -o "$folder/cpp.so"
try ${CXX:-g++} -std=c++17 -Iinclude -Wall -Wextra -Wpedantic -Werror $CFLAGS "$folder/oracle.cpp" build/libconv2d-oracle.a -o "$folder/oracle" -lm
try "$folder/oracle"
try ${CC:-gcc} -std=c11 -Iinclude -Wall -Wextra -Wpedantic -Werror $CFLAGS "$folder/dtypes.c" -o "$folder/dtypes"
try "$folder/dtypes"

# One data symbol, and nothing else.
for library in c11 c17 cpp; do
  try test "$(nm -D --defined-only "$folder/$library.so" | sed 's/^[0-9a-f]* //; s/^[DR] //')" = conv2d_subject
done
echo "1..$count"
