/* conv2d_sycl.h: the memory table of a subject whose tensors are in the device memory of SYCL
   (USM). Include it in the one source that defines the subject, give its descriptor
   `&conv2d_sycl_memory` as `memory`, and submit to conv2d_sycl_queue (), which is in order.
   "oneapi:1" is the second device of sycl::device::get_devices (). A queue that the subject makes
   itself is not waited for: what runs there must have ended when the call returns. There are no
   guards, so what is read beside a tensor is seen by the result. C++17, SYCL 2020. */

#ifndef CONV2D_SYCL_H
#define CONV2D_SYCL_H

#include <sycl/sycl.hpp>

#include "conv2d_abi.h"

#include <array>
#include <cstdio>
#include <memory>

namespace conv2d_sycl {

constexpr auto type = static_cast<DLDeviceType>(14); /* kDLOneAPI, which older dlpack.h lack */
constexpr int streams = 65;
constexpr std::size_t granularity = 256;

/* The device that was chosen, and a queue for each stream. */
inline std::unique_ptr<sycl::device> device;
inline std::array<std::unique_ptr<sycl::queue>, streams> queues;
inline thread_local int number;
inline thread_local char words[160]; /* of the first error since the last time; "" */

inline void note (const char *what) {
  if (!words[0])
    std::snprintf(words, sizeof words, "SYCL: %s", what);
}

/* Kernels report what goes wrong when they are waited for. */
inline void note_all (sycl::exception_list list) {
  for (const std::exception_ptr &e : list) {
    try {
      std::rethrow_exception(e);
    } catch (const std::exception &x) {
      note(x.what());
    }
  }
}

/* What `work` gives; no exception leaves. */
template <typename F> int32_t guard (F work) {
  try {
    return work();
  } catch (const std::exception &x) {
    note(x.what());
  } catch (...) {
    note("an unknown exception");
  }
  return CONV2D_FAILED;
}

inline sycl::queue &own () {
  return *queues[static_cast<std::size_t>(number)];
}

/* The first of all queues makes the context, which the others share. */
inline int32_t stream (int32_t n) {
  if (n < 0 || n >= streams)
    return CONV2D_FAILED;
  number = n;
  return guard([n] {
    std::unique_ptr<sycl::queue> &q = queues[static_cast<std::size_t>(n)];
    const sycl::property_list in_order{ sycl::property::queue::in_order() };
    if (!q && n == 0)
      q = std::make_unique<sycl::queue>(*device, note_all, in_order);
    else if (!q)
      q = std::make_unique<sycl::queue>(queues[0]->get_context(), *device, note_all, in_order);
    return static_cast<int32_t>(CONV2D_OK);
  });
}

inline int32_t choose (DLDevice wanted) {
  const int32_t found = guard([wanted] {
    const auto all = sycl::device::get_devices();
    const auto n = static_cast<std::size_t>(wanted.device_id);
    if (wanted.device_type != type || n >= all.size())
      return static_cast<int32_t>(CONV2D_UNSUPPORTED);
    device = std::make_unique<sycl::device>(all[n]);
    return static_cast<int32_t>(CONV2D_OK);
  });
  return found == CONV2D_OK ? stream(0) : found;
}

inline void *allocate (std::size_t bytes) {
  void *p = nullptr;
  guard([&p, bytes] {
    p = sycl::aligned_alloc_device(granularity, bytes, own());
    return static_cast<int32_t>(CONV2D_OK);
  });
  return p;
}

inline int32_t release (void *memory) {
  return guard([memory] {
    sycl::free(memory, own());
    return static_cast<int32_t>(CONV2D_OK);
  });
}

inline int32_t copy (void *memory, std::size_t offset, void *host, std::size_t bytes,
                     int32_t direction) {
  char *p = static_cast<char *>(memory) + offset;
  return guard([=] {
    if (direction == CONV2D_TO_HOST)
      own().memcpy(host, p, bytes);
    else
      own().memcpy(p, host, bytes);
    return static_cast<int32_t>(CONV2D_OK);
  });
}

inline int32_t fill (void *memory, std::size_t offset, uint32_t word, std::size_t bytes) {
  char *p = static_cast<char *>(memory) + offset;
  return guard([=] {
    own().fill(reinterpret_cast<uint32_t *>(p), word, bytes / sizeof word);
    return static_cast<int32_t>(CONV2D_OK);
  });
}

inline const char *synchronize (int32_t everything) {
  static thread_local char said[sizeof words];
  guard([everything] {
    own().wait_and_throw();
    for (auto &q : queues)
      if (everything && q)
        q->wait_and_throw();
    return static_cast<int32_t>(CONV2D_OK);
  });
  std::snprintf(said, sizeof said, "%s", words);
  words[0] = '\0';
  return said[0] ? said : nullptr;
}

} // namespace conv2d_sycl

static const conv2d_memory conv2d_sycl_memory = { sizeof(conv2d_memory),
                                                  0,
                                                  { conv2d_sycl::type, 0 },
                                                  conv2d_sycl::granularity,
                                                  conv2d_sycl::choose,
                                                  conv2d_sycl::allocate,
                                                  conv2d_sycl::release,
                                                  conv2d_sycl::copy,
                                                  conv2d_sycl::fill,
                                                  conv2d_sycl::synchronize,
                                                  nullptr,
                                                  conv2d_sycl::stream };

/* The queue of the calling thread. */
inline sycl::queue &conv2d_sycl_queue () {
  return conv2d_sycl::own();
}

#endif
