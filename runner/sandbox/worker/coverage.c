/* coverage.c: the functions that compilers call for each edge and each comparison
   (clang.llvm.org/docs/SanitizerCoverage.html). Threads of the subject may call them at once: an
   edge is then counted twice at worst. */

#include "coverage.h"

#include <link.h>
#include <stdint.h>
#include <string.h>

enum {
  MAX_RANGES = 64,
  LEAST_NUMBER = 2,
  MOST_NUMBER = 1 << 20,
  SITES = 1 << 12,
  LOOKED_AT = 32 /* visits of a site in a call: a loop has no more to say */
};

typedef struct range {
  unsigned char *low, *high;
} range;

static wire *kept;
static novelty fresh;
static range counters[MAX_RANGES]; /* of the modules that count by themselves */
static int ranges;
static range modules[MAX_RANGES]; /* that call for each edge; `low` is where they are mapped */
static int known_modules;

/* Where code was that calls from here, of late. */
typedef struct site {
  const void *at;
  int visits;
} site;

static site edges_seen[SITES], comparisons_seen[SITES];
static bool compares;  /* since the last call was taken note of: most subjects never do */
static uint64_t trail; /* the last edges, each by the twelve bits that it has in every process */

void coverage_begin (wire *w) {
  kept = w;
}

/* ---- edges */

static void pass_by (uintptr_t at) {
  trail = (trail << 12 ^ (at & 0xfff)) & UINT64_C(0xfffffffff);
}

static void mark_edge (uint64_t name) {
  const uint64_t i = name * UINT64_C(0x9e3779b97f4a7c15) >> 48;
  if (!kept || kept->reached[i % MAX_EDGES])
    return;
  kept->reached[i % MAX_EDGES] = 1;
  fresh.edges++;
}

/* The visits of a place before this one, LOOKED_AT at most; 0 if it was forgotten for another. */
static int visits_of (site *list, const void *at) {
  site *s = &list[((uintptr_t) at * UINT64_C(0x9e3779b97f4a7c15)) >> 52];
  if (s->at != at)
    *s = (site){ at, 0 };
  return s->visits < LOOKED_AT ? s->visits++ : LOOKED_AT;
}

static void number_guards (uint32_t *from, const uint32_t *to) {
  static uint32_t guards;
  if (from == to || *from)
    return; /* called before */
  for (uint32_t *g = from; g < to; g++)
    *g = ++guards;
}

static void look_at_counters (const range *r, uint64_t name) {
  for (unsigned char *p = r->low; p < r->high; p++)
    if (*p) {
      mark_edge(name + (uint64_t) (p - r->low));
      *p = 0;
    }
}

/* Finds the module that an address is in, and adds it to the list. */
static int find_module (struct dl_phdr_info *info, size_t size, void *address) {
  const uintptr_t at = (uintptr_t) address;
  (void) size;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *h = &info->dlpi_phdr[i];
    const uintptr_t low = info->dlpi_addr + h->p_vaddr;
    if (h->p_type != PT_LOAD || at < low || at >= low + h->p_memsz)
      continue;
    const range r = { (unsigned char *) low, (unsigned char *) (low + h->p_memsz) }; /* NOLINT */
    if (known_modules < MAX_RANGES)
      modules[known_modules++] = r;
    return 1;
  }
  return 0;
}

/* The offset of an address in its module, which is the same in every process; 0 if in none. */
static uint64_t place_of (unsigned char *at) {
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < known_modules; i++)
      if (at >= modules[i].low && at < modules[i].high)
        return (uint64_t) (at - modules[i].low) + 1;
    if (pass || !dl_iterate_phdr(find_module, at))
      break;
  }
  return 0;
}

/* ---- numbers */

/* Sizes at which code may switch: what is compared with a constant of the program. */
static void compare_with (int64_t number) {
  if (!kept || number < LEAST_NUMBER || number > MOST_NUMBER || fresh.compared >= MAX_COMPARED)
    return;
  for (int i = 0; i < MAX_NUMBERS; i++) {
    if (kept->compared[i] == number)
      return;
    if (kept->compared[i])
      continue;
    kept->compared[i] = number;
    fresh.number[fresh.compared++] = number;
    return;
  }
}

/* How near a number came to the constant that it is compared with, as if it were an edge: how many
   of its last binary digits are the same, which leads to multiples, and how many digits the
   difference has, which leads to the constant itself. Code behind a condition like C % 64 == 0 is
   rarely met by chance, but numbers divisible by 2, 4 and 8 on the way are. The edges before belong
   to it: a function that is asked about two sizes is on the way with each. */
static void mark_nearness (unsigned char *at, uint64_t constant, uint64_t number) {
  const uint64_t difference = constant > number ? constant - number : number - constant;
  if (!kept || difference == 0 || difference > MOST_NUMBER)
    return;
  const uint64_t name = place_of(at) ^ trail << 24;
  mark_edge(name ^ (uint64_t) (1 + __builtin_ctzll(constant ^ number)) << 56);
  mark_edge(name ^ (uint64_t) (128 - __builtin_clzll(difference)) << 56);
}

/* What a call compares at each place for the first time, coming from the same edge: whoever makes
   the number equal to the constant comes to what is behind. */
static void note_comparison (unsigned char *at, uint64_t constant, uint64_t number) {
  if (constant == number || constant == 1 || constant > MOST_NUMBER || number > MOST_NUMBER
      || (constant == 0 && number == 1) || fresh.met == MAX_MET)
    return;
  const uint64_t name = (place_of(at) ^ trail << 52) * UINT64_C(0x9e3779b97f4a7c15);
  fresh.comparison[fresh.met++] =
      (comparison){ (int32_t) (name >> 33), (int32_t) constant, (int32_t) number };
}

static void compare (void *at, uint64_t constant, uint64_t number) {
  const int visits = visits_of(comparisons_seen, at);
  compares = true;
  if (visits >= LOOKED_AT)
    return;
  if (visits == 0)
    note_comparison(at, constant, number);
  mark_nearness(at, constant, number);
  compare_with((int64_t) constant);
}

void coverage_take (novelty *n) {
  for (int i = 0; i < ranges; i++)
    look_at_counters(&counters[i], (uint64_t) i << 32);
  *n = fresh;
  memset(&fresh, 0, sizeof fresh);
  if (compares)
    memset(comparisons_seen, 0, sizeof comparisons_seen);
  compares = false;
  trail = 0;
}

/* ---- what compilers call; the names are theirs, NOLINTBEGIN(bugprone-reserved-identifier) */

void __sanitizer_cov_trace_pc_guard_init (uint32_t *from, uint32_t *to);
void __sanitizer_cov_trace_pc_guard_init (uint32_t *from, uint32_t *to) {
  number_guards(from, to);
}

void __sanitizer_cov_trace_pc_guard (const uint32_t *guard);
void __sanitizer_cov_trace_pc_guard (const uint32_t *guard) {
  mark_edge(*guard);
  pass_by(*guard);
}

void __sanitizer_cov_trace_pc (void);
void __sanitizer_cov_trace_pc (void) {
  pass_by((uintptr_t) __builtin_return_address(0));
  if (kept && !visits_of(edges_seen, __builtin_return_address(0)))
    mark_edge(place_of(__builtin_return_address(0)));
}

void __sanitizer_cov_8bit_counters_init (unsigned char *from, unsigned char *to);
void __sanitizer_cov_8bit_counters_init (unsigned char *from, unsigned char *to) {
  for (int i = 0; i < ranges; i++)
    if (counters[i].low == from)
      return;
  if (ranges < MAX_RANGES && from != to)
    counters[ranges++] = (range){ from, to };
}

void __sanitizer_cov_pcs_init (const uintptr_t *from, const uintptr_t *to);
void __sanitizer_cov_pcs_init (const uintptr_t *from, const uintptr_t *to) {
  (void) from;
  (void) to;
}

/* `cases` has their number, their bits, and the cases. */
void __sanitizer_cov_trace_switch (uint64_t value, const uint64_t *cases);
void __sanitizer_cov_trace_switch (uint64_t value, const uint64_t *cases) {
  (void) value;
  for (uint64_t i = 0; i < cases[0]; i++)
    compare_with((int64_t) cases[2 + i]);
}

#define COMPARISON(name, type)                                                                     \
  void __sanitizer_cov_trace_##name(type a, type b);                                               \
  void __sanitizer_cov_trace_##name(type a, type b) {                                              \
    (void) a;                                                                                      \
    (void) b;                                                                                      \
  }

#define COMPARISON_WITH(name, type)                                                                \
  void __sanitizer_cov_trace_const_##name(type constant, type value);                              \
  void __sanitizer_cov_trace_const_##name(type constant, type value) {                             \
    compare(__builtin_return_address(0), constant, value);                                         \
  }

COMPARISON(cmp1, uint8_t)
COMPARISON(cmp2, uint16_t)
COMPARISON(cmp4, uint32_t)
COMPARISON(cmp8, uint64_t)
COMPARISON(cmpf, float)
COMPARISON(cmpd, double)
COMPARISON_WITH(cmp1, uint8_t)
COMPARISON_WITH(cmp2, uint16_t)
COMPARISON_WITH(cmp4, uint32_t)
COMPARISON_WITH(cmp8, uint64_t)

#define OPERAND(name, type)                                                                        \
  void __sanitizer_cov_trace_##name(type value);                                                   \
  void __sanitizer_cov_trace_##name(type value) {                                                  \
    (void) value;                                                                                  \
  }

OPERAND(div4, uint32_t)
OPERAND(div8, uint64_t)
OPERAND(gep, uintptr_t)
/* NOLINTEND(bugprone-reserved-identifier) */
