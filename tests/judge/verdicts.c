/* verdicts.c: every way to a verdict that does not look at values. */

#include "answers.h"

#include <signal.h>

static const char *const own[] = { "PAD-4", "FWD-1", NULL };
static const case_meta meta = { .name = "made-up", .clauses = own };

/* A call with 2x3 outputs, all right. */
static call *ordinary (void) {
  call *k = open_call(F32, 2, 4, 3);
  k->c.meta = &meta;
  for (int64_t i = 0; i < 8; i++)
    set(k, JOB_INPUT, i, (double) (i - 3));
  for (int64_t i = 0; i < 12; i++)
    set(k, JOB_WEIGHT, i, (double) (i % 5));
  k->x.exact = true;
  set_truths(k);
  return k;
}

/* An invalid call, of a subject that checks. */
static call *invalid (int32_t status) {
  call *k = ordinary();
  k->x.status = CONV2D_INVALID;
  k->x.clause = "VALID-8";
  drop_truths(k);
  k->s.claims = CONV2D_CHECKS_PARAMETERS;
  k->j.status = status;
  return k;
}

static void test_pass (void) {
  call *k = ordinary();
  says(k, V_PASS, "");
  ok(k->out.clause == NULL && k->out.first.ndim == -1 && k->out.outputs == 6 && !k->out.mismatches
         && k->out.max_error == 0,
     "  and nothing is noted but the number of outputs");
  close_call(k);
}

/* ---- ends */

static void test_ends (void) {
  call *k = ordinary();
  k->j.end = JOB_NOT_RUN;
  shows(k, V_NOT_RUN, "a job that was not run");
  k->j.alone = 1;
  k->j.end = JOB_SIGNALLED;
  k->j.end_code = SIGFPE;
  says(k, V_CRASH, "SIGFPE");
  breaks(k, "PAD-4");
  k->j.end_code = SIGSEGV;
  k->j.address_tensor = -1;
  says(k, V_CRASH, "SIGSEGV far from every tensor");
  k->j.address_tensor = JOB_WEIGHT;
  k->j.address = k->j.tensor[JOB_WEIGHT].bytes;
  says(k, V_CRASH, "SIGSEGV just past the end of weight");
  k->j.address += 4;
  says(k, V_CRASH, "SIGSEGV 4 bytes past the end of weight");
  k->j.address = (uint64_t) -8;
  says(k, V_CRASH, "SIGSEGV 8 bytes before the start of weight");
  k->j.address = 12;
  says(k, V_CRASH, "SIGSEGV inside of weight, which must not be written");
  k->j.address_tensor = JOB_OUTPUT;
  says(k, V_CRASH, "SIGSEGV inside of output");
  k->j.end_code = SIGABRT;
  k->j.alone = 0;
  says(k, V_CRASH_LATER, "SIGABRT; alone the case does not end so, only after others");
  k->j.alone = 1;
  snprintf(k->j.message, sizeof k->j.message, "a stack without end");
  says(k, V_CRASH, "SIGABRT: a stack without end");
  k->j.message[0] = '\0';
  k->j.end = JOB_GARBLED;
  says(k, V_WROTE_OUTSIDE,
       "the call overwrote the memory in which the worker reports: its report is impossible");
  k->j.end = JOB_EXITED;
  k->j.end_code = 3;
  says(k, V_EXITED, "the subject called exit (3)");
  k->j.end = JOB_TIMED_OUT;
  says(k, V_TIMEOUT, "the call stopped itself");
  k->j.end_code = 0;
  says(k, V_TIMEOUT, "the call did not return within the time limit");
  k->j.end = JOB_OUT_OF_MEMORY;
  says(k, V_OUT_OF_MEMORY, "the subject ran into the memory limit");
  k->j.end = JOB_THREW;
  says(k, V_THREW, "an exception left the call");
  k->j.end = JOB_TIMED_OUT;
  k->j.alone = 0;
  shows(k, V_TIMEOUT, "a time limit that is reached only after other cases");
  ok(strstr(k->out.words, "only after others"), "  and the words say so");
  close_call(k);
}

/* ---- data */

/* 48 sums. Only `different` of them differ from the others. */
static call *uneven (const char *data, int64_t different) {
  call *k = open_call(F32, 8, 2, 6);
  memset(k->c.recipe, recipe_find(data), sizeof k->c.recipe);
  for (int64_t i = 0; i < 48; i++) {
    set_want(k, i, i < different ? (double) i : 99);
    k->x.truth[0].detail.terms[i] = 5; /* with the bias */
  }
  return k;
}

static void test_data (void) {
  call *k = uneven("integers", 23);
  k->x.exact = true;
  says(k, V_MISTRUSTED, "the data are poor: 25 of 48 sums of the right answer are equal");
  ok(!k->out.clause, "  which is no clause that the subject breaks");
  k->c.layout = BROADCAST;
  shows(k, V_PASS, "repeated data may be poor");
  k->c.layout = NCHW;
  k->c.params.padding_mode = CONV2D_REPLICATE;
  shows(k, V_PASS, "so may data that are repeated in the padding");
  k->c.params.padding_mode = CONV2D_ZEROS;
  for (int64_t i = 23; i < 48; i++)
    k->x.truth[0].detail.terms[i] = 4;
  shows(k, V_PASS, "sums of three products and the bias may be equal");
  close_call(k);
  k = uneven("integers", 24);
  shows(k, V_PASS, "half of the sums may be equal");
  close_call(k);
  k = uneven("halfway", 3);
  shows(k, V_PASS, "recipes with a pattern may be poor");
  close_call(k);
}

/* ---- conduct */

static void test_one (uint32_t conduct, int tensor, int64_t element, int64_t count, verdict v,
                      const char *words) {
  call *k = ordinary();
  k->j.conduct = conduct;
  k->j.conduct_tensor = tensor;
  k->j.conduct_element = element;
  k->j.conduct_count = count;
  says(k, v, words);
  close_call(k);
}

static void test_conduct (void) {
  test_one(WROTE_OUTSIDE, JOB_OUTPUT, 24, 4, V_WROTE_OUTSIDE,
           "4 bytes are written just past the end of output");
  test_one(WROTE_OUTSIDE, JOB_OUTPUT, 32, 4, V_WROTE_OUTSIDE,
           "4 bytes are written 8 bytes past the end of output");
  test_one(WROTE_OUTSIDE, JOB_WEIGHT, -4, 4, V_WROTE_OUTSIDE,
           "4 bytes are written 4 bytes before the start of weight");
  test_one(WROTE_OUTSIDE, JOB_OUTPUT, 8, 2, V_WROTE_OUTSIDE,
           "2 bytes are written between the elements of output");
  test_one(WROTE_OUTSIDE, -1, 4, 1, V_WROTE_OUTSIDE,
           "output_shape writes past the end of its answer");
  test_one(WROTE_INPUT, JOB_INPUT, 5, 2, V_WROTE_INPUT,
           "2 of 8 elements of input are changed by the call, first input[1,1,0,0]");
  test_one(LEFT_UNWRITTEN, JOB_OUTPUT, 4, 1, V_UNWRITTEN,
           "1 of 6 elements of output are not written, first output[1,1,0,0]");
  test_one(READ_OUTSIDE, -1, 0, 0, V_READ_OUTSIDE,
           "the subject read outside the elements of a tensor");
  test_one(VARIES, -1, 0, 0, V_VARIES, "the same call gave other values");
  test_one(VARIES, JOB_OUTPUT, 0, 6, V_VARIES,
           "6 of 6 elements of output differ when the call is repeated, first output[0,0,0,0]");
  test_one(NOT_THREAD_SAFE, -1, 0, 0, V_NOT_THREAD_SAFE,
           "calls from several threads disturb each other");
  test_one(KEPT_POINTER, JOB_BIAS, 0, 4, V_KEPT_POINTER,
           "a tensor was used after the return: bias");
  test_one(WROTE_ON_INVALID, JOB_OUTPUT, 0, 0, V_WROTE_ON_INVALID,
           "an output was written although the call was rejected: output");
  test_one(CHANGED_ROUNDING, -1, 0, 0, V_ENVIRONMENT,
           "the call left the rounding mode, the flushing of subnormals, the exception masks, the "
           "x87 registers or the direction flag changed");
  test_one(CHANGED_SIGNALS, -1, 0, 0, V_ENVIRONMENT,
           "the call left signal handlers, the signal mask or the signal stack changed");
  test_one(OPENED_GUARDS, -1, 0, 0, V_ENVIRONMENT,
           "the call made memory beside its tensors accessible, or unmapped it");
  test_one(CHANGED_DIRECTORY, -1, 0, 0, V_ENVIRONMENT,
           "the call left the current directory changed");
  test_one(CHANGED_LOCALE, -1, 0, 0, V_ENVIRONMENT, "the call left the locale changed");
  test_one(CHANGED_TIMERS, -1, 0, 0, V_ENVIRONMENT, "the call left a timer behind");
  test_one(CHANGED_VARIABLES, -1, 0, 0, V_ENVIRONMENT,
           "the call left environment variables changed");
  test_one(CHANGED_LIMITS, -1, 0, 0, V_ENVIRONMENT,
           "the call left resource limits or the mask of file modes changed");
  test_one(CHANGED_SCHEDULING, -1, 0, 0, V_ENVIRONMENT,
           "the call left niceness, scheduling policy or the processors to run on changed");
  test_one(LEAKED_DESCRIPTORS, -1, 0, 0, V_LEAK, "the call left file descriptors open");
  test_one(LEAKED_THREADS, -1, 0, 0, V_LEAK, "the call left threads running");
  test_one(LEFT_HANDLERS, -1, 0, 0, V_LEAK, "the call left functions registered by atexit");
  test_one(LEAKED_MEMORY, -1, 0, 0, V_LEAK, "the call kept memory, more with each repetition");
  test_one(LEFT_CHILDREN, -1, 0, 0, V_LEAK, "the call left child processes");
}

/* Of several kinds of misconduct the worst counts. The place that was noted is that of the first
   kind, and must not be reported as that of the worst. */
static void test_several (void) {
  test_one(VARIES | WROTE_OUTSIDE, JOB_OUTPUT, 24, 4, V_WROTE_OUTSIDE,
           "the subject wrote outside the elements of a tensor");
  test_one(LEAKED_THREADS | LEFT_UNWRITTEN, JOB_OUTPUT, 1, 1, V_UNWRITTEN,
           "elements of the output were not written");
  call *k = ordinary();
  k->j.conduct = LEAKED_THREADS;
  set(k, JOB_OUTPUT, 0, 1e6);
  shows(k, V_LEAK, "conduct comes before values");
  k->j.end = JOB_EXITED;
  shows(k, V_EXITED, "the end comes before conduct");
  strcpy(k->x.defect, "its data are poor");
  says(k, V_MISTRUSTED, "its data are poor");
  ok(!k->out.clause, "  and no clause is broken");
  close_call(k);
}

/* ---- statuses of valid calls */

static void test_statuses (void) {
  call *k = ordinary();
  strcpy(k->j.message, "only 3x3 kernels");
  k->j.status = CONV2D_UNSUPPORTED;
  says(k, V_UNSUPPORTED, "forward answers UNSUPPORTED: only 3x3 kernels");
  k->j.status = CONV2D_INVALID;
  says(k, V_REJECTED, "forward answers INVALID: only 3x3 kernels");
  breaks(k, "PAD-4");
  k->j.message[0] = '\0';
  k->j.status = CONV2D_FAILED;
  says(k, V_GAVE_UP, "forward answers FAILED");
  k->j.status = 4;
  says(k, V_BAD_STATUS, "forward returns 4, which is no status");
  k->j.status = -1;
  says(k, V_BAD_STATUS, "forward returns -1, which is no status");
  k->j.status = CONV2D_FAILED;
  k->j.called = 0;
  k->j.shape_status = CONV2D_UNSUPPORTED;
  says(k, V_UNSUPPORTED, "output_shape answers UNSUPPORTED");
  k->j.shape_status = CONV2D_INVALID;
  says(k, V_REJECTED, "output_shape answers INVALID");
  k->j.shape_status = CONV2D_FAILED;
  says(k, V_GAVE_UP, "output_shape answers FAILED");
  k->j.shape_status = 77;
  says(k, V_BAD_STATUS, "output_shape returns 77, which is no status");
  k->c.direction = INIT;
  k->j.status = CONV2D_UNSUPPORTED;
  says(k, V_UNSUPPORTED, "init_parameters answers UNSUPPORTED");
  k->c.direction = BACKWARD;
  k->j.shape_status = CONV2D_OK;
  says(k, V_UNSUPPORTED, "backward answers UNSUPPORTED");
  k->c.direction = SHAPE_ONLY;
  shows(k, V_PASS, "where only the shape was asked, no other answer counts");
  close_call(k);
}

/* ---- rejections */

static void test_rejections (void) {
  call *k = invalid(CONV2D_INVALID);
  shows(k, V_PASS, "an invalid call that is rejected");
  k->s.claims = 0;
  shows(k, V_UNCHECKED, "an invalid call of a subject that does not check");
  k->j.end = JOB_SIGNALLED;
  shows(k, V_UNCHECKED, "... even if it was made and crashed");
  close_call(k);
  k = invalid(CONV2D_OK);
  says(k, V_ACCEPTED, "the call breaks VALID-8, but forward answers OK");
  breaks(k, "VALID-8");
  k->j.shape_status = CONV2D_INVALID;
  shows(k, V_ACCEPTED, "an invalid call that only output_shape rejects");
  k->j.status = CONV2D_FAILED;
  says(k, V_ACCEPTED, "the call breaks VALID-8, but forward answers FAILED");
  k->j.status = CONV2D_UNSUPPORTED;
  shows(k, V_UNSUPPORTED, "an invalid call that is not offered");
  k->j.status = 9;
  shows(k, V_BAD_STATUS, "an invalid call answered with no status");
  k->j.status = CONV2D_FAILED;
  k->j.shape_status = CONV2D_OK;
  k->j.output_shape[2] = 7;
  k->j.called = 0;
  says(k, V_ACCEPTED, "the call breaks VALID-8, but output_shape answers OK");
  k->j.shape_status = CONV2D_UNSUPPORTED;
  shows(k, V_UNSUPPORTED, "an invalid call whose shape is not offered");
  k->j.shape_status = 5;
  shows(k, V_BAD_STATUS, "an invalid call whose shape gets no status");
  k->j.conduct = WROTE_ON_INVALID;
  shows(k, V_WROTE_ON_INVALID, "an output that is written before the rejection");
  breaks(k, "VALID-8");
  close_call(k);
  k = invalid(CONV2D_OK);
  k->c.direction = SHAPE_ONLY;
  k->j.called = 0;
  k->j.shape_status = CONV2D_INVALID;
  shows(k, V_PASS, "a shape that is rejected");
  k->j.shape_status = CONV2D_OK;
  says(k, V_ACCEPTED, "the call breaks VALID-8, but output_shape answers OK");
  close_call(k);
}

/* ---- freedom */

static void test_free (void) {
  call *k = invalid(CONV2D_OK);
  k->x.freedom = FREE;
  shows(k, V_PASS, "a free call that is accepted");
  k->j.status = CONV2D_INVALID;
  shows(k, V_PASS, "a free call that is rejected");
  k->j.status = CONV2D_FAILED;
  shows(k, V_PASS, "a free call that fails");
  k->j.status = CONV2D_UNSUPPORTED;
  shows(k, V_UNSUPPORTED, "a free call that is not offered");
  k->j.status = 17;
  shows(k, V_BAD_STATUS, "a free call with no status");
  k->j.end = JOB_SIGNALLED;
  k->j.alone = 1;
  shows(k, V_CRASH, "a free call that crashes");
  close_call(k);
}

static void test_quirk (void) {
  call *k = ordinary();
  k->x.freedom = QUIRK;
  k->x.clause = "PAD-14";
  says(k, V_UNCHECKED, "the subject does not claim to follow torch's quirk PAD-14");
  k->s.claims = CONV2D_TORCH_QUIRKS;
  shows(k, V_PASS, "a quirk, as torch has it");
  set(k, JOB_OUTPUT, 2, 99);
  shows(k, V_WRONG_VALUE, "a quirk with another value");
  k->j.status = CONV2D_INVALID;
  shows(k, V_REJECTED, "a quirk that is refused though it is claimed");
  k->j.shape_status = CONV2D_INVALID;
  k->j.status = CONV2D_FAILED;
  shows(k, V_REJECTED, "a quirk that output_shape refuses though it is claimed");
  k->j.shape_status = CONV2D_OK;
  shows(k, V_GAVE_UP, "a quirk that fails");
  k->j.status = CONV2D_UNSUPPORTED;
  shows(k, V_GAP, "a quirk that is not offered though it is claimed");
  k->c.params.dilation[0] = 2;
  shows(k, V_UNSUPPORTED, "a call with dilation is not offered, whatever it relies on");
  k->c.params.dilation[0] = 1;
  k->c.layout = NHWC;
  shows(k, V_UNSUPPORTED, "nor is a layout that is not declared");
  k->c.layout = NCHW;
  k->j.output_shape[3] = 2;
  shows(k, V_WRONG_SHAPE, "a quirk of another shape");
  breaks(k, "PAD-14");
  close_call(k);
}

/* ---- what needs no call */

static void test_early (void) {
  call *k = ordinary();
  judgement early;
  k->j.end = JOB_SIGNALLED; /* as if it had been called */
  k->s.capabilities = (conv2d_capabilities){ CONV2D_F32, CONV2D_NCHW, 1, CONV2D_FORWARD };
  ok(!judge_early(&k->c, &k->x, &k->s, &early), "a declared call must be made");
  k->s.capabilities.dtypes = CONV2D_F64;
  ok(judge_early(&k->c, &k->x, &k->s, &early) && early.verdict == V_UNDECLARED,
     "a dtype that is not declared is decided without a call");
  says(k, V_UNDECLARED, "the subject does not declare this dtype");
  k->s.capabilities.dtypes = 0;
  k->s.capabilities.layouts = CONV2D_NHWC;
  says(k, V_UNDECLARED, "the subject does not declare this layout");
  k->s.capabilities.layouts = 0;
  k->s.capabilities.padding_modes = 1 << CONV2D_REFLECT;
  says(k, V_UNDECLARED, "the subject does not declare this padding_mode");
  k->s.capabilities.padding_modes = 0;
  k->s.capabilities.directions = CONV2D_BACKWARD;
  says(k, V_UNDECLARED, "the subject does not declare this direction");
  k->s.capabilities.directions = 0;
  k->c.direction = BACKWARD;
  k->s.functions &= ~(1u << BACKWARD);
  says(k, V_UNDECLARED, "the subject has no backward");
  k->c.direction = INIT;
  k->s.functions &= ~(1u << INIT);
  says(k, V_UNDECLARED, "the subject has no init_parameters");
  close_call(k);
}

/* ---- shapes */

static void test_shapes (void) {
  call *k = ordinary();
  k->j.status = CONV2D_FAILED; /* not called */
  k->j.output_shape[3] = 2;
  says(k, V_WRONG_SHAPE, "output_shape gives 2x3x1x2, 2x3x1x1 is right");
  breaks(k, "SHAPE-1");
  k->j.output_shape[1] = 4;
  breaks(k, "SHAPE-3");
  k->j.output_ndim = 3;
  says(k, V_WRONG_SHAPE, "output_shape gives 2x4x1, 2x3x1x1 is right");
  breaks(k, "SHAPE-3");
  k->c.direction = SHAPE_ONLY;
  shows(k, V_WRONG_SHAPE, "a wrong shape where only that was asked");
  close_call(k);
}

/* A case made from an id has no clauses of its own. */
static void test_clauses_without_file (void) {
  call *k = ordinary();
  k->c.meta = NULL;
  k->j.end = JOB_EXITED;
  breaks(k, "FWD-1");
  k->c.direction = INIT;
  breaks(k, "INIT-1");
  k->c.direction = SHAPE_ONLY;
  breaks(k, "SHAPE-1");
  k->c.direction = BACKWARD;
  breaks(k, "BACK-3");
  const case_meta swept = { .file = "made-up.yaml", .clauses = own };
  k->c.meta = &swept; /* whose clauses are all that the sweep exercises */
  breaks(k, "BACK-3");
  close_call(k);
}

/* Every word is there, and they are different. */
static void test_table (void) {
  bool right = true;
  for (int v = 0; v < VERDICT_COUNT; v++) {
    right = right && *verdict_word((verdict) v) && *verdict_sentence((verdict) v);
    right = right && verdict_class_of((verdict) v) < VERDICT_CLASSES;
    for (int w = 0; w < v; w++)
      right = right && strcmp(verdict_word((verdict) v), verdict_word((verdict) w)) != 0;
  }
  ok(right, "every verdict has a word of its own, a sentence and a class");
}

int main (void) {
  test_pass();
  test_ends();
  test_data();
  test_conduct();
  test_several();
  test_statuses();
  test_rejections();
  test_free();
  test_quirk();
  test_early();
  test_shapes();
  test_clauses_without_file();
  test_table();
  return done_testing();
}
