/* blame.c: how a job ended, from the keeper's word and the worker's last ones; also where the
   subject has written into those. */

#include "../tap.h"
#include "scene.h"

#include <signal.h>

static const ending segv = { .kind = DIED,
                             .message = { .kind = M_ENDED, .killed = 1, .status = SIGSEGV } };

/* A job whose worker ended so, with these last words. */
static job blamed (ending d, last_words last) {
  job j = question(0);
  j.end = JOB_NOT_RUN;
  scene.wire->last = last;
  blame(&scene, &j, &d);
  return j;
}

static last_words fault_at (int tensor, int64_t address, attempt a) {
  return (last_words){
    .signal = SIGSEGV, .address_tensor = tensor, .address = address, .attempt = (int32_t) a
  };
}

static void shows_fault_at (int tensor, int64_t address, attempt a, uint32_t conduct,
                            const char *name) {
  const job j = blamed(segv, fault_at(tensor, address, a));
  ok(j.end == JOB_SIGNALLED && j.end_code == SIGSEGV && j.conduct == conduct
         && j.address_tensor == tensor && (int64_t) j.address == address,
     "%s", name);
}

static void shows_fault (int64_t address, attempt a, uint32_t conduct, const char *name) {
  shows_fault_at(JOB_OUTPUT, address, a, conduct, name);
}

static void test_faults (void) {
  shows_fault(OUTPUT_BYTES, ATTEMPT_WRITE, WROTE_OUTSIDE, "a write just behind a tensor");
  shows_fault(-4, ATTEMPT_WRITE, WROTE_OUTSIDE, "a write before it");
  shows_fault_at(JOB_INPUT, 4, ATTEMPT_WRITE, WROTE_INPUT, "a write into an input");
  shows_fault(4, ATTEMPT_WRITE, 0, "a write of the host into an output that is on a device");
  shows_fault(OUTPUT_BYTES, ATTEMPT_READ, READ_OUTSIDE, "a read behind it");
  shows_fault(OUTPUT_BYTES, ATTEMPT_UNKNOWN, 0, "an access about which nothing is known");
  for (int tensor = -3; tensor < 100; tensor += 101 - JOB_TENSORS) {
    const job j = blamed(segv, fault_at(tensor < 0 ? tensor : 98, 0, ATTEMPT_WRITE));
    ok(j.conduct == 0 && j.address_tensor == -1, "a tensor that is none is not believed");
  }
}

static bool says (const job *j, const char *words) {
  return strstr(j->message, words) != NULL;
}

static void test_words (void) {
  job j = blamed(segv, (last_words){ .signal = SIGSEGV, .stack_overflow = 1 });
  ok(says(&j, "stack overflow") && j.conduct == 0, "a stack overflow");
  j = blamed(segv,
             (last_words){ .signal = SIGSEGV, .kept_pointer = 1, .address_tensor = JOB_INPUT });
  ok(says(&j, "earlier call") && j.conduct == KEPT_POINTER, "a tensor of an earlier call");
  j = blamed(segv, (last_words){ .signal = SIGILL, .address_tensor = -1, .code = { 0x62 } });
  ok(says(&j, "AVX-512") && says(&j, "this processor"), "an instruction that the machine lacks");
  options.valgrind = true;
  j = blamed(segv, (last_words){ .signal = SIGILL, .address_tensor = -1, .code = { 0x62 } });
  options.valgrind = false;
  ok(says(&j, "Valgrind"), "or that Valgrind does");
  j = blamed(segv, (last_words){ .signal = SIGILL, .address_tensor = -1, .code = { 0x0f, 0x0b } });
  ok(!j.message[0], "of any other nothing is said");
}

static void test_ends (void) {
  const last_words none = { .address_tensor = -1 };
  job j = blamed((ending){ .kind = DIED, .message = { .kind = M_ENDED, .status = 7 } }, none);
  ok(j.end == JOB_EXITED && j.end_code == 7, "exit");
  j = blamed(segv, none);
  ok(says(&j, "no handler saw where") && !j.conduct,
     "a fault about which the worker wrote nothing");
  j = blamed((ending){ .kind = DIED, .message = { .kind = M_LOST } }, none);
  ok(j.end == JOB_SIGNALLED && j.end_code == SIGKILL, "a worker that is lost with its keeper");
  j = blamed((ending){ .kind = LATE }, none);
  ok(j.end == JOB_TIMED_OUT && j.end_code == 0, "a call that does not return");
  j = blamed((ending){ .kind = STOPPED }, none);
  ok(j.end == JOB_TIMED_OUT && j.end_code == 1, "one that stops its process");
  j = blamed(segv, (last_words){ .threw = 1 });
  ok(j.end == JOB_THREW, "an exception");
  j = blamed(segv, (last_words){ .threw = 1, .out_of_memory = 1 });
  ok(j.end == JOB_OUT_OF_MEMORY, "an exception that names memory");
  j = blamed((ending){ .kind = LATE }, (last_words){ .out_of_memory = 1 });
  ok(j.end == JOB_TIMED_OUT, "last words count only for a worker that is dead");
}

/* What AddressSanitizer prints. */
static void test_report (void) {
  static const char text[] = "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1\n"
                             "READ of size 4 at 0x1 thread T0\n    #0 0x2 in kernel a.c:7\n";
  if (write(scene.backing.printed, text, sizeof text - 1) < 0)
    ok(false, "it can be written");
  options.asan = true;
  const job j = blamed(segv, (last_words){ .signal = SIGABRT, .address_tensor = -1 });
  options.asan = false;
  ok(j.conduct == MEMORY_ERROR && says(&j, "heap-buffer-overflow") && says(&j, "READ of size 4")
         && says(&j, "in kernel a.c:7"),
     "a report of AddressSanitizer: %s", j.message);
}

int main (void) {
  if (!ok(make_scene(), "there is memory"))
    return done_testing();
  test_faults();
  test_words();
  test_ends();
  test_report();
  return done_testing();
}
