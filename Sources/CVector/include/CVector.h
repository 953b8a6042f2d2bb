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

/// `x`, of which the compiler is not shown what it is made of.
///
/// Where single lanes of a vector are used it would compute all that leads to them in halves and lanes too.
static inline __attribute__((always_inline)) cv_f8 cv_opaque(cv_f8 x) {
#if defined(__AVX__)
  __asm__("" : "+x"(x));
#endif
  return x;
}

/// Writes lane 0 of a, b, c and d, then lane 1 of each, and so on: 32 numbers.
static inline __attribute__((always_inline)) void cv_store_lanes(float *to, cv_f8 a, cv_f8 b, cv_f8 c, cv_f8 d) {
  a = cv_opaque(a), b = cv_opaque(b), c = cv_opaque(c), d = cv_opaque(d);
  cv_f8 ab0 = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
  cv_f8 ab2 = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
  cv_f8 cd0 = __builtin_shufflevector(c, d, 0, 8, 1, 9, 4, 12, 5, 13);
  cv_f8 cd2 = __builtin_shufflevector(c, d, 2, 10, 3, 11, 6, 14, 7, 15);
  cv_f8 fours[4] = {  // lanes 0 and 4, 1 and 5, 2 and 6, 3 and 7
      __builtin_shufflevector(ab0, cd0, 0, 1, 8, 9, 4, 5, 12, 13),
      __builtin_shufflevector(ab0, cd0, 2, 3, 10, 11, 6, 7, 14, 15),
      __builtin_shufflevector(ab2, cd2, 0, 1, 8, 9, 4, 5, 12, 13),
      __builtin_shufflevector(ab2, cd2, 2, 3, 10, 11, 6, 7, 14, 15),
  };
  for (int i = 0; i < 2; i++) {
    cv_f8 low = __builtin_shufflevector(fours[2 * i], fours[2 * i + 1], 0, 1, 2, 3, 8, 9, 10, 11);
    cv_f8 high = __builtin_shufflevector(fours[2 * i], fours[2 * i + 1], 4, 5, 6, 7, 12, 13, 14, 15);
    __builtin_memcpy(to + 8 * i, &low, sizeof low);
    __builtin_memcpy(to + 16 + 8 * i, &high, sizeof high);
  }
}

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
