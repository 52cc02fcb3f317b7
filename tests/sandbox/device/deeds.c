/* deeds.c: what a kernel, or the device below it, may do wrong. Each deed is done in the case whose
   second dilation is 3, `plain` of cases.yaml; those of the table are there from the start. */

#include "pretend.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { SCENE = 3, LATE_MICROSECONDS = 3000, SLACK = 32 };

typedef struct device_deed {
  const char *name;
  void (*to_table)(conv2d_memory *table);
  void (*in_kernel)(const kernel *k); /* after the honest work */
  void (*on_host)(const kernel *k);   /* after the kernel */
  bool (*instead)(const kernel *k);
} device_deed;

static const device_deed *mine;
static bool copies_fail;
static int allocations = 1 << 20; /* that are still granted */

static bool is_scene (const kernel *k) {
  return k->direction == CONV2D_FORWARD && k->p->dilation[1] == SCENE;
}

static float *output (const kernel *k) {
  return k->t[3]->data;
}

static float *input (const kernel *k) {
  return k->t[0]->data;
}

static int64_t count (const DLTensor *t) {
  int64_t n = 1;
  for (int i = 0; i < t->ndim; i++)
    n *= t->shape[i];
  return n;
}

/* ---- kernels that are wrong */

static void write_past (const kernel *k) {
  output(k)[count(k->t[3])] = 1.5f;
}

static void write_before (const kernel *k) {
  output(k)[-1] = 1.5f;
}

static void write_far (const kernel *k) {
  output(k)[count(k->t[3]) + 100] = 1.5f;
}

static void read_past (const kernel *k) {
  output(k)[0] += input(k)[count(k->t[0])];
}

static void read_before (const kernel *k) {
  output(k)[0] += input(k)[-1];
}

/* As vector code does: what is loaded there is not used. */
static void load_at (const kernel *k, size_t past) {
  const volatile unsigned char *end = k->t[0]->data;
  (void) end[(size_t) count(k->t[0]) * sizeof(float) + past];
}

static void load_in_slack (const kernel *k) {
  load_at(k, SLACK - 1);
}

static void load_past_slack (const kernel *k) {
  load_at(k, SLACK);
}

static void write_slack (const kernel *k) {
  input(k)[count(k->t[0]) + 2] = 1.5f;
}

static void write_input (const kernel *k) {
  input(k)[7] += 1;
}

static void vary (const kernel *k) {
  static int calls;
  output(k)[1] += (float) calls++;
}

static void vary_in_crowd (const kernel *k) {
  output(k)[1] += (float) pretend_stream();
}

static bool leave_element (const kernel *k) {
  const block *b = pretend_block(k->t[3]->data);
  float *third =
      (float *) (void *) (b->inside + ((unsigned char *) k->t[3]->data - b->address)) + 2;
  const float was = *third;
  pretend_run_late(k);
  memcpy(third, &was, sizeof was);
  return true;
}

static bool accumulate (const kernel *k) {
  const block *b = pretend_block(k->t[3]->data);
  float *first = (float *) (void *) (b->inside + ((unsigned char *) k->t[3]->data - b->address));
  const float was = *first;
  pretend_run_late(k);
  *first += was;
  return true;
}

static bool fault (const kernel *k) {
  (void) k;
  pretend.error = "an illegal address was accessed";
  return true;
}

static bool fault_for_good (const kernel *k) {
  pretend.error_stays = true;
  return fault(k);
}

static bool launch_nothing (const kernel *k) {
  (void) k;
  return true;
}

static bool never_end (const kernel *k) {
  while (k)
    pause();
  return true;
}

/* For the workers to come, too. */
static bool vanish (const kernel *k) {
  (void) k;
  pretend_lose();
  return true;
}

/* ---- work that is late */

typedef struct delayed {
  kernel k;
  DLTensor tensor[4], *t[4];
  int64_t numbers[4][2][4];
  conv2d_params p;
  bool waits;
} delayed;

static delayed later;

/* All that the subject may not keep is copied, but for the memory itself. */
static void remember (const kernel *k) {
  later.p = *k->p;
  for (int i = 0; i < 4; i++) {
    later.t[i] = k->t[i] ? &later.tensor[i] : NULL;
    if (!k->t[i])
      continue;
    later.tensor[i] = *k->t[i];
    memcpy(later.numbers[i][0], k->t[i]->shape, (size_t) k->t[i]->ndim * sizeof(int64_t));
    memcpy(later.numbers[i][1], k->t[i]->strides, (size_t) k->t[i]->ndim * sizeof(int64_t));
    later.tensor[i].shape = later.numbers[i][0];
    later.tensor[i].strides = later.numbers[i][1];
  }
  later.k = (kernel){ &later.p, k->direction, 0, later.t };
}

static bool wrong_stream (const kernel *k) {
  remember(k);
  later.waits = true;
  return true;
}

static void *run_later (void *unused) {
  usleep(LATE_MICROSECONDS);
  pretend_run_late(&later.k);
  return unused;
}

static bool before_done (const kernel *k) {
  pthread_t t;
  remember(k);
  if (!pthread_create(&t, NULL, run_later, NULL))
    pthread_detach(t);
  return true;
}

void deed_waits (bool everything) {
  if (!everything || !later.waits)
    return;
  later.waits = false;
  pretend_run_late(&later.k);
}

/* ---- hosts that are wrong */

static void touch (const kernel *k) {
  output(k)[0] += 1;
}

static void free_tensor (const kernel *k) {
  pretend_release(k->t[3]->data);
}

static void fail_copies (const kernel *k) {
  (void) k;
  copies_fail = true;
}

/* ---- tables that are wrong */

static void unguarded (conv2d_memory *t) {
  t->features = 0;
}

static void by_handle (conv2d_memory *t) {
  t->features = CONV2D_MEMORY_HANDLES;
  pretend.handles = true;
}

static void put_off (conv2d_memory *t) {
  unguarded(t);
  pretend.puts_off = true;
}

static void with_slack (conv2d_memory *t) {
  (void) t;
  pretend.read_slack = SLACK;
}

static void large_granularity (conv2d_memory *t) {
  t->granularity = 1 << 16;
  pretend.lie = 1 << 8;
}

static void odd_granularity (conv2d_memory *t) {
  t->granularity = 1000;
}

static void no_granularity (conv2d_memory *t) {
  t->granularity = 0;
}

static void lose_a_bit (conv2d_memory *t) {
  (void) t;
  pretend.lossy = true;
}

static void no_memory (conv2d_memory *t) {
  (void) t;
  allocations = 0;
}

static void few_allocations (conv2d_memory *t) {
  unguarded(t);
  allocations = 5;
}

static void no_copy (conv2d_memory *t) {
  t->copy = NULL;
}

static void no_synchronize (conv2d_memory *t) {
  t->synchronize = NULL;
}

static void no_reset (conv2d_memory *t) {
  t->features = 0;
  t->reset = NULL;
}

static void no_choice (conv2d_memory *t) {
  t->choose = NULL;
}

static void no_device (conv2d_memory *t) {
  t->device.device_type = (DLDeviceType) 0;
}

static void unknown_feature (conv2d_memory *t) {
  t->features = 1u << 9;
}

static void short_table (conv2d_memory *t) {
  t->size = 24;
}

static const device_deed deeds[] = {
  { .name = "guarded" },
  { "unguarded", .to_table = unguarded },
  { "handles", .to_table = by_handle },
  { "put-off", .to_table = put_off },
  { "write-past", unguarded, .in_kernel = write_past },
  { "write-before", unguarded, .in_kernel = write_before },
  { "write-far", unguarded, .in_kernel = write_far },
  { "read-past", unguarded, .in_kernel = read_past },
  { "read-before", unguarded, .in_kernel = read_before },
  { "guarded-write-past", .in_kernel = write_past },
  { "guarded-read-before", .in_kernel = read_before },
  { "handle-write-past", by_handle, .in_kernel = write_past },
  { "handle-read-before", by_handle, .in_kernel = read_before },
  { "load-in-slack", with_slack, .in_kernel = load_in_slack },
  { "load-past-slack", with_slack, .in_kernel = load_past_slack },
  { "write-slack", with_slack, .in_kernel = write_slack },
  { "write-input", unguarded, .in_kernel = write_input },
  { "vary", unguarded, .in_kernel = vary },
  { "vary-in-crowd", unguarded, .in_kernel = vary_in_crowd },
  { "unwritten", unguarded, .instead = leave_element },
  { "accumulate", unguarded, .instead = accumulate },
  { "fault", unguarded, .instead = fault },
  { "fault-for-good", unguarded, .instead = fault_for_good },
  { "fault-no-reset", no_reset, .instead = fault },
  { "launch-nothing", unguarded, .instead = launch_nothing },
  { "never-end", unguarded, .instead = never_end },
  { "vanish", unguarded, .instead = vanish },
  { "wrong-stream", unguarded, .instead = wrong_stream },
  { "before-done", unguarded, .instead = before_done },
  { "touch", unguarded, .on_host = touch },
  { "guarded-touch", .on_host = touch },
  { "free-tensor", unguarded, .on_host = free_tensor },
  { "fail-copies", unguarded, .on_host = fail_copies },
  { "few-allocations", .to_table = few_allocations },
  { "large-granularity", .to_table = large_granularity },
  { "odd-granularity", .to_table = odd_granularity },
  { "no-granularity", .to_table = no_granularity },
  { "lose-a-bit", .to_table = lose_a_bit },
  { "no-memory", .to_table = no_memory },
  { "no-copy", .to_table = no_copy },
  { "no-synchronize", .to_table = no_synchronize },
  { "no-choice", .to_table = no_choice },
  { "no-device", .to_table = no_device },
  { "unknown-feature", .to_table = unknown_feature },
  { "short-table", .to_table = short_table },
};

/* ---- what the device asks */

/* "build/pretend/NAME.so" */
void deed_choose (const char *file, conv2d_memory *table) {
  const char *slash = strrchr(file, '/');
  const char *name = slash ? slash + 1 : file;
  const size_t n = strcspn(name, ".");
  for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
    if (strlen(deeds[i].name) == n && !strncmp(deeds[i].name, name, n))
      mine = &deeds[i];
  if (mine && mine->to_table)
    mine->to_table(table);
}

bool deed_forbids_allocation (void) {
  return allocations-- <= 0 || pretend.gone;
}

bool deed_fails_copy (int direction) {
  return copies_fail && direction == CONV2D_TO_HOST;
}

bool deed_instead (const kernel *k) {
  return mine && mine->instead && is_scene(k) && mine->instead(k);
}

int32_t deed_around (const kernel *k) {
  const int32_t status = kernel_run(k);
  if (mine && mine->in_kernel && is_scene(k))
    mine->in_kernel(k);
  return status;
}

void deed_afterwards (const kernel *k) {
  if (mine && mine->on_host && is_scene(k))
    mine->on_host(k);
}
