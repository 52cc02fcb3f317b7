/* sycl.hpp: as much of SYCL 2020 as conv2d_sycl.h and the tests use, on the host: a queue does at
   once what it is given, and reports what went wrong when it is waited for. */

#ifndef PRETEND_SYCL_HPP
#define PRETEND_SYCL_HPP

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <vector>

namespace sycl {

class exception : public std::exception {};
using exception_list = std::vector<std::exception_ptr>;

class device {
public:
  static std::vector<device> get_devices () {
    return std::vector<device>(2);
  }
};

class context {};

namespace property::queue {
struct in_order {};
} // namespace property::queue

struct property_list {
  explicit property_list (property::queue::in_order) {
  }
};

template <int D> struct id {
  std::size_t at;
  operator std::size_t () const {
    return at;
  }
};

template <int D> struct range {
  std::size_t size;
  explicit range (std::size_t n) : size(n) {
  }
};

class queue {
  std::function<void(exception_list)> handler;
  exception_list errors;

public:
  queue (const device &, std::function<void(exception_list)> h, const property_list &)
      : handler(std::move(h)) {
  }
  queue (const context &, const device &, std::function<void(exception_list)> h,
         const property_list &)
      : handler(std::move(h)) {
  }
  context get_context () const {
    return {};
  }
  void memcpy (void *to, const void *from, std::size_t bytes) {
    std::memcpy(to, from, bytes);
  }
  template <typename T> void fill (T *p, T value, std::size_t count) {
    for (std::size_t i = 0; i < count; i++)
      p[i] = value;
  }
  template <int D, typename F> void parallel_for (range<D> r, F kernel) {
    try {
      for (std::size_t i = 0; i < r.size; i++)
        kernel(id<D>{ i });
    } catch (...) {
      errors.push_back(std::current_exception());
    }
  }
  void wait_and_throw () {
    if (!errors.empty())
      handler(std::move(errors));
    errors.clear();
  }
};

inline void *aligned_alloc_device (std::size_t align, std::size_t bytes, const queue &) {
  return std::aligned_alloc(align, bytes);
}

inline void free (void *p, const queue &) {
  std::free(p);
}

} // namespace sycl

#endif
