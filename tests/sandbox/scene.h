/* scene.h: a lane without a worker, and jobs that each add to an output of four floats.
   What a worker would have written into the shared memory, the test writes there itself. */

#ifndef SCENE_H
#define SCENE_H

#include "sandbox/supervisor/lane.h"
#include "sandbox/wire/seal.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SCENE_JOBS = 6, OUTPUT_BYTES = 16 };

static subject_options options = { .isolation = ISOLATE_BATCH, .time_limit = 1, .load_limit = 6 };
static lane scene = { .options = &options };

static place tensor_of_four (uint64_t offset) {
  return (place){ .present = 1,
                  .ndim = 4,
                  .dtype = { kDLFloat, 32, 1 },
                  .shape = { 1, 1, 2, 2 },
                  .strides = { 4, 4, 2, 1 },
                  .offset = offset,
                  .bytes = OUTPUT_BYTES };
}

static inline job question (int64_t i) {
  job j = { .direction = FORWARD, .shape_status = CONV2D_FAILED, .conduct_tensor = -1 };
  j.address_tensor = -1;
  j.tensor[JOB_INPUT] = tensor_of_four(INPUTS_AT + (uint64_t) i * 64);
  j.tensor[JOB_OUTPUT] = tensor_of_four(OUTPUTS_AT + (uint64_t) i * 64);
  return j;
}

/* The answer of an honest worker. */
static inline void answer (int64_t i) {
  job *j = &scene.wire->job[i];
  float *out =
      (float *) (void *) (scene.backing.map + scene.orders->job[i].tensor[JOB_OUTPUT].offset);
  *j = scene.orders->job[i];
  j->end = JOB_RETURNED;
  j->called = 1;
  j->shape_status = j->status = CONV2D_OK;
  j->output_ndim = 4;
  memcpy(j->output_shape, j->tensor[JOB_OUTPUT].shape, sizeof j->output_shape);
  j->conduct_tensor = j->address_tensor = -1;
  for (int k = 0; k < 4; k++)
    out[k] = (float) (i + k);
  j->seal = seal_of(j, j, scene.backing.map, SECOND_AWAY);
}

static inline bool make_scene (void) {
  void *p = mmap(NULL, ARENA_END, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED)
    return false;
  scene.backing.map = p;
  scene.orders = p;
  scene.wire = (wire *) (void *) (scene.backing.map + WIRE_AT);
  scene.backing.printed = memfd_create("printed", MFD_CLOEXEC);
  if (ftruncate(scene.backing.printed, PRINTED_BYTES))
    return false;
  scene.backing.text =
      mmap(NULL, PRINTED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, scene.backing.printed, 0);
  return scene.backing.text != MAP_FAILED;
}

#endif
