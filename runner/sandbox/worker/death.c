/* death.c: last words of a worker.
   The handler runs on a stack of its own, so that it can report a stack overflow. It makes no call
   that takes a lock, and ends by giving the signal back its default effect. What the handler cannot
   find out, such as the type of an exception, the runtime of the subject prints anyway. */

#include "death.h"

#include "intercept.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

enum {
  STACK_LIMIT = 8 << 20, /* of the worker's own thread: see worker.c */
  STACK_SLACK = 1 << 20
};

static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };

static const orders *told;
static wire *here;
static volatile sig_atomic_t is_copy; /* the subject has forked us */
static pid_t own_process;
static const char *stack_base;
static void *(*current_exception_type)(void);
static const caller *first_caller; /* whose stages a thread of the subject may touch ... */
static const pass *first_pass;     /* ... and what it is at */
static _Thread_local const caller *who;
static _Thread_local const pass *what;

/* ---- where the address lies */

/* The tensor of the present call that the address belongs to; -1: none. In a thread of the subject
   the present call is that of the worker's own. */
static int tensor_at (const unsigned char *p, int64_t *at) {
  const pass *now = who ? what : first_pass;
  for (int t = 0; now && t < JOB_TENSORS; t++)
    if (stage_holds(&now->on[t], p, at))
      return t;
  return -1;
}

static bool is_kept (const void *address) {
  const caller *c = who ? who : first_caller;
  return c && stages_closed_at(&c->stages, address);
}

/* Whether a fault there is a step out of a tensor, or into one of an earlier call. */
static bool is_guarded (const void *address) {
  int64_t at;
  return is_kept(address) || tensor_at(address, &at) >= 0;
}

static bool in_stack_guard (const char *p) {
  const char *low = stack_base - STACK_LIMIT;
  return p > low - STACK_SLACK && p < low + STACK_SLACK / 8;
}

/* A frame is so large that it reaches beyond the guard: the stack pointer lies out of the stack. */
static bool left_stack (const void *context) {
#if defined __x86_64__
  const ucontext_t *u = context;
  const char *pointer = (const char *) u->uc_mcontext.gregs[REG_RSP]; /* NOLINT: an address */
  return gettid() == own_process && pointer < stack_base - STACK_LIMIT;
#else
  (void) context;
  return false;
#endif
}

static attempt attempt_of (const void *context) {
#if defined __x86_64__
  const ucontext_t *u = context;
  if (told->valgrind)
    return ATTEMPT_UNKNOWN; /* it doesn't say */
  unsigned long code = (unsigned long) u->uc_mcontext.gregs[REG_ERR];
  return code & 16 ? ATTEMPT_EXECUTE : code & 2 ? ATTEMPT_WRITE : ATTEMPT_READ;
#else
  (void) context;
  return ATTEMPT_UNKNOWN;
#endif
}

/* ---- where in the subject's files: its own is the first, those that came with it follow */

static struct { uintptr_t base, end; } file[MAX_LOADED]; /* as they are mapped; end 0: none */
static int64_t files, own_files; /* that are loaded, and before the subject was */

static int count_file (struct dl_phdr_info *info, size_t size, void *ignored) {
  (void) info;
  (void) size;
  (void) ignored;
  own_files++;
  return 0;
}

static uintptr_t end_of (const struct dl_phdr_info *info) {
  uintptr_t end = 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *h = &info->dlpi_phdr[i];
    if (h->p_type == PT_LOAD && info->dlpi_addr + h->p_vaddr + h->p_memsz > end)
      end = info->dlpi_addr + h->p_vaddr + h->p_memsz;
  }
  return end;
}

/* The list is in the order of loading. */
static int know_file (struct dl_phdr_info *info, size_t size, void *subject) {
  (void) size;
  static int64_t used = 1;
  if (files++ < own_files)
    return 0;
  const int64_t at = info->dlpi_addr == *(const uintptr_t *) subject ? 0 : used++;
  if (at >= MAX_LOADED)
    return 0;
  file[at].base = info->dlpi_addr;
  file[at].end = end_of(info);
  if (at > 0 && strlen(info->dlpi_name) < LOADED_PATH)
    strcpy(here->file[at], info->dlpi_name);
  return 0;
}

static void know_files (void *library) {
  struct link_map *map;
  if (dlinfo(library, RTLD_DI_LINKMAP, &map))
    return;
  const uintptr_t subject = map->l_addr;
  dl_iterate_phdr(know_file, (void *) &subject);
}

/* MAX_LOADED: it is in none of them. */
static int64_t file_at (uintptr_t p) {
  int64_t i = 0;
  while (i < MAX_LOADED && (p < file[i].base || p >= file[i].end))
    i++;
  return i;
}

/* The frames of the stack that are the subject's, from the innermost. A return address is that of
   the next instruction, which may be in another line. */
static void note_frames (const void *context) {
  void *address[32];
  const int n = file[0].end ? backtrace(address, sizeof address / sizeof *address) : 0;
  uintptr_t at = 0;
  int32_t known = 0;
#if defined __x86_64__
  const ucontext_t *u = context;
  at = (uintptr_t) u->uc_mcontext.gregs[REG_RIP];
#else
  (void) context;
#endif
  for (int i = 0; i < n && known < MAX_FRAMES; i++) {
    const uintptr_t p = (uintptr_t) address[i];
    const int64_t which = file_at(p);
    if (which < MAX_LOADED)
      here->last.frame[known++] = (frame){ p - file[which].base - (p == at ? 0 : 1), which };
  }
  here->last.frames = known;
}

/* ---- the handler */

static void describe_fault (const siginfo_t *info, const void *context, last_words *last) {
  const void *address = info->si_addr;
  if (info->si_code == SI_USER || info->si_code == SI_TKILL || info->si_code == SI_KERNEL)
    return; /* sent, or an address that is none */
  last->attempt = (int32_t) attempt_of(context);
  last->stack_overflow = in_stack_guard(address) || left_stack(context);
  last->kept_pointer = is_kept(address);
  if (!last->kept_pointer && !last->stack_overflow)
    last->address_tensor = tensor_at(address, &last->address);
}

static void on_signal (int number, siginfo_t *info, void *context) {
  bool starved = errno == ENOMEM;
  struct sigaction standard = { .sa_handler = SIG_DFL };
  last_words last = { .signal = number, .address_tensor = -1, .out_of_memory = starved };
  if (number == SIGSEGV || number == SIGBUS)
    describe_fault(info, context, &last);
  if (number == SIGILL && info->si_addr)
    memcpy(last.code, info->si_addr, sizeof last.code);
  if (number == SIGABRT && current_exception_type && current_exception_type())
    last.threw = 1;
  if (!is_copy)
    here->last = last;
  if (!is_copy && !last.stack_overflow && !told->valgrind)
    note_frames(context); /* may die itself, if the stack is damaged: the rest is said */
  sigaction(number, &standard, NULL);
}

/* Where exit () follows an allocation that failed, the failure is the reason. */
static void on_exit_call (void) {
  if (!is_copy)
    here->last.out_of_memory = errno == ENOMEM;
}

_Noreturn void death_by_jump (void) {
  here->last = (last_words){ .threw = 1, .address_tensor = -1 };
  _exit(1);
}

static void on_fork (void) {
  is_copy = 1;
}

/* A copy that is made by the bare system call bypasses the handlers of the C library. It has no
   memory to go on in: neither the rooms nor the wire are there (MADV_DONTFORK). */
void death_of_copies (void) {
  if (is_copy)
    _exit(0);
}

/* ---- getting ready */

void death_prepare_thread (void) {
  static _Thread_local unsigned char stack[64 << 10];
  stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
  sigaltstack(&alternate, NULL);
}

void death_expect (const caller *c, const pass *p) {
  who = c;
  what = p;
  if (!first_caller)
    first_caller = c;
  if (c == first_caller)
    first_pass = p;
  errno = 0;
}

void death_know (void *library) {
  void *found = dlsym(library, "__cxa_current_exception_type");
  memcpy(&current_exception_type, &found, sizeof found);
  know_files(library);
}

void death_watch (const orders *o, wire *w) {
  struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
  told = o;
  here = w;
  own_process = getpid();
  void *first_use;
  backtrace(&first_use, 1); /* which loads what it needs */
  dl_iterate_phdr(count_file, NULL);
  stack_base = (const char *) &action;
  death_prepare_thread();
  intercept_faults(on_signal, is_guarded);
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
    sigaction(fatal[i], &action, NULL);
  atexit(on_exit_call);
  pthread_atfork(NULL, NULL, on_fork);
}
