// The vector operations that Swift's SIMD types turn into scalar code, and what Swift cannot ask the CPU and the system.
#pragma once
#pragma STDC FP_CONTRACT OFF

typedef float cv_f8 __attribute__((ext_vector_type(8)));
typedef int cv_i8 __attribute__((ext_vector_type(8)));

/// Square root of each lane, correctly rounded.
static inline __attribute__((always_inline)) cv_f8 cv_sqrt(cv_f8 x) { return __builtin_elementwise_sqrt(x); }

/// Each lane as a float, rounded to nearest even.
static inline __attribute__((always_inline)) cv_f8 cv_from_int(cv_i8 x) { return __builtin_convertvector(x, cv_f8); }

/// Each lane truncated towards zero; the caller keeps lanes within the range of int.
static inline __attribute__((always_inline)) cv_i8 cv_to_int(cv_f8 x) { return __builtin_convertvector(x, cv_i8); }

/// Asks for the cache line at an address that will be read soon; any address may be named.
static inline __attribute__((always_inline)) void cv_prefetch(const float *address) { __builtin_prefetch(address); }

/// 1 where the CPU has the instructions that the kernels were compiled for, else 0.
static inline int cv_cpu_is_supported(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return 1;
#endif
}

/// The processors that this process may run on; 0 where the system does not say.
int cv_cpu_count(void);

/// The compiler that made this build, in its own words.
static inline const char *cv_compiler(void) { return __VERSION__; }
