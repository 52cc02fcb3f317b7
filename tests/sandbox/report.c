/* report.c: an answer is taken over whole, or not at all: every number in it is changed once. */

#include "../tap.h"
#include "scene.h"

enum { FROM = offsetof(job, end), UPTO = offsetof(job, fresh) };

static job asked (void) {
  job j = question(0);
  j.end = JOB_NOT_RUN;
  report_expect(&scene, 0, &j);
  answer(0);
  return j;
}

static bool receives (job *j) {
  return report_receive(&scene, 0, j);
}

static void test_honest (void) {
  job j = asked();
  ok(receives(&j) && j.end == JOB_RETURNED && j.status == CONV2D_OK && j.output_ndim == 4,
     "an answer is taken over");
  ok(report_stands(&scene, 0, &j), "and stands");
  j = question(0);
  report_expect(&scene, 0, &j);
  ok(!receives(&j) && j.end == JOB_NOT_RUN, "before the worker has answered there is none");
}

/* Each bit of the answer, and of its output. */
static void test_flips (void) {
  int accepted = 0, changed = 0;
  for (size_t bit = 8 * (size_t) FROM; bit < 8 * (size_t) UPTO; bit++) {
    job j = asked(), before = j;
    ((unsigned char *) &scene.wire->job[0])[bit / 8] ^= (unsigned char) (1u << bit % 8);
    accepted += receives(&j);
    changed += memcmp(&j, &before, sizeof j) != 0;
  }
  ok(accepted == 0, "of %d answers with one bit changed, %d are accepted", 8 * (UPTO - FROM),
     accepted);
  ok(changed == 0, "and nothing of them is kept");
  int stands = 0;
  for (int bit = 0; bit < 8 * OUTPUT_BYTES; bit++) {
    job j = asked();
    receives(&j);
    scene.backing.map[j.tensor[JOB_OUTPUT].offset + (size_t) bit / 8] ^=
        (unsigned char) (1u << bit % 8);
    stands += report_stands(&scene, 0, &j);
  }
  ok(stands == 0, "an output that is changed later no longer stands");
}

/* With a seal that fits: what cannot be is refused all the same. */
static bool accepts (const job *said) {
  job j = asked();
  scene.wire->job[0] = *said;
  scene.wire->job[0].seal = seal_of(said, said, scene.backing.map, SECOND_AWAY);
  return receives(&j);
}

static job honest (void) {
  asked();
  return scene.wire->job[0];
}

#define SHOWS_REFUSED(change, name)                                                                \
  do {                                                                                             \
    job lie = honest();                                                                            \
    lie.change;                                                                                    \
    ok(!accepts(&lie), "%s", name);                                                                \
  } while (0)

static void test_impossible (void) {
  job said = honest();
  ok(accepts(&said), "a sealed answer is accepted");
  SHOWS_REFUSED(end = JOB_TIMED_OUT, "an end that only the supervisor can tell");
  SHOWS_REFUSED(end = 77, "an end that is none");
  SHOWS_REFUSED(end_code = 11, "a code of an end");
  SHOWS_REFUSED(alone = 1, "a retrial");
  SHOWS_REFUSED(output_ndim = 3, "a shape of another rank");
  SHOWS_REFUSED(output_ndim = -1, "a negative rank");
  SHOWS_REFUSED(conduct = LAST_CONDUCT << 1, "conduct that is not known");
  SHOWS_REFUSED(conduct_tensor = JOB_TENSORS, "a tensor that is none");
  SHOWS_REFUSED(conduct_count = -1, "a negative count");
  SHOWS_REFUSED(address_tensor = 0, "an address");
  SHOWS_REFUSED(second = 2, "a third answer");
  said = honest();
  memset(said.message, 'x', sizeof said.message);
  ok(!accepts(&said), "a message without an end");
}

/* The question is the supervisor's: what the worker has made of it is of no interest. */
static void test_question (void) {
  job j = asked();
  memset(scene.wire->job[0].tensor, 0, sizeof j.tensor);
  scene.wire->job[0].direction = 99;
  ok(receives(&j) && j.direction == FORWARD && j.tensor[JOB_OUTPUT].bytes == OUTPUT_BYTES,
     "a changed copy of the question changes nothing");
}

static void test_conduct (void) {
  job j = asked();
  scene.wire->job[0].conduct = WROTE_OUTSIDE | LAST_CONDUCT << 1;
  scene.wire->job[0].conduct_tensor = 4711;
  report_receive_conduct(&scene, 0, &j);
  ok(j.conduct == WROTE_OUTSIDE && j.conduct_tensor == -1 && j.end == JOB_NOT_RUN,
     "of a job that did not return only the known conduct is taken");
}

int main (void) {
  if (!ok(make_scene(), "there is memory"))
    return done_testing();
  test_honest();
  test_flips();
  test_impossible();
  test_question();
  test_conduct();
  return done_testing();
}
