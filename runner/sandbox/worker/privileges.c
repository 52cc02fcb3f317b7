/* privileges.c: giving up what no convolution needs.
   Without the capabilities of the supervisor a worker cannot trace it, even as root: so the right
   answers cannot be read from its memory. Files stay within reach, because a subject may lie in a
   folder that only root can read. */

#include "privileges.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- capabilities */

static const uint32_t kept =
    1u << CAP_CHOWN | 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER;

static void drop_capabilities (void) {
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct data[2];
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  for (int c = 0; c < 64; c++)
    if (c >= 32 || !(kept >> c & 1))
      prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
  if (syscall(SYS_capget, &header, data))
    return;
  data[0].permitted &= kept;
  data[0].effective &= kept;
  data[1].permitted = data[1].effective = 0;
  data[0].inheritable = data[1].inheritable = 0;
  syscall(SYS_capset, &header, data);
}

/* ---- system calls */

static const int refused[] = { SYS_ptrace,
                               SYS_process_vm_readv,
                               SYS_process_vm_writev,
                               SYS_kcmp,
                               SYS_pidfd_getfd,
                               SYS_open_by_handle_at,
                               SYS_mount,
                               SYS_umount2,
                               SYS_pivot_root,
                               SYS_chroot,
                               SYS_setns,
                               SYS_unshare,
                               SYS_move_mount,
                               SYS_open_tree,
                               SYS_fsopen,
                               SYS_init_module,
                               SYS_finit_module,
                               SYS_delete_module,
                               SYS_kexec_load,
                               SYS_reboot,
                               SYS_swapon,
                               SYS_swapoff,
                               SYS_bpf,
                               SYS_userfaultfd,
                               SYS_add_key,
                               SYS_request_key,
                               SYS_keyctl,
                               SYS_settimeofday,
                               SYS_clock_settime,
                               SYS_adjtimex,
                               SYS_clock_adjtime,
                               SYS_sethostname,
                               SYS_setdomainname,
                               SYS_acct,
                               SYS_quotactl };

enum { REFUSED = sizeof refused / sizeof *refused };

#if defined __x86_64__
static const uint32_t here = AUDIT_ARCH_X86_64;
#elif defined __aarch64__
static const uint32_t here = AUDIT_ARCH_AARCH64;
#else
static const uint32_t here = 0; /* unknown: nothing is refused */
#endif

#define LOAD(field)                                                                                \
  (struct sock_filter)                                                                             \
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t) offsetof(struct seccomp_data, field))
#define RETURN(value) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, value)

/* Each number that is refused jumps to the last instruction; system calls of another architecture
   have other numbers, so all of them are refused. */
static void refuse_calls (void) {
  struct sock_filter code[REFUSED + 6];
  size_t n = 0;
  if (!here)
    return;
  code[n++] = LOAD(arch);
  code[n++] = (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, here, 0, REFUSED + 3);
  code[n++] = LOAD(nr);
  for (int i = 0; i < REFUSED; i++)
    code[n++] = (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t) refused[i],
                                              (uint8_t) (REFUSED - i + 1), 0);
  code[n++] = (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 1, 0); /* x32 */
  code[n++] = RETURN(SECCOMP_RET_ALLOW);
  code[n++] = RETURN(SECCOMP_RET_ERRNO | EPERM);
  struct sock_fprog program = { .len = (unsigned short) n, .filter = code };
  syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
}

void privileges_drop (void) {
  drop_capabilities();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
    refuse_calls();
}
