// The CPU's own SHA-256 rounds, eight times as fast as the plain ones where it has them. Header only.
#pragma once
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

/// 1 where the CPU has SHA instructions, else 0.
static inline int csha256_is_supported(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) || !(c & bit_SSSE3)) return 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/// FIPS 180-4 §6.2.2 for `count` blocks of 64 bytes. `hash` has the eight words H0 ... H7, `constants` the 64 words K.
/// Only where `csha256_is_supported()`.
__attribute__((target("sha,sse4.1,ssse3"))) static void csha256_compress(
    uint32_t *hash, const uint8_t *blocks, size_t count, const uint32_t *constants) {
  const __m128i bigEndian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  // The instructions want the words as (F E B A) and (H G D C), the highest lane last.
  const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)hash), 0xB1);
  const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(hash + 4)), 0x1B);
  __m128i abef = _mm_alignr_epi8(badc, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, badc, 0xF0);
  for (size_t block = 0; block < count; block++, blocks += 64) {
    const __m128i abefBefore = abef, cdghBefore = cdgh;
    __m128i words[4];
    for (int i = 0; i < 4; i++)
      words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(blocks + 16 * i)), bigEndian);
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      const __m128i now = words[i % 4];
      const __m128i sum = _mm_add_epi32(now, _mm_loadu_si128((const __m128i *)(constants + 4 * i)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
      if (i >= 12) continue;
      // W_t ... W_(t+3) from the sixteen words before them.
      const __m128i last = words[(i + 3) % 4];
      const __m128i seventh = _mm_alignr_epi8(last, words[(i + 2) % 4], 4);
      const __m128i early = _mm_add_epi32(_mm_sha256msg1_epu32(now, words[(i + 1) % 4]), seventh);
      words[i % 4] = _mm_sha256msg2_epu32(early, last);
    }
    abef = _mm_add_epi32(abef, abefBefore);
    cdgh = _mm_add_epi32(cdgh, cdghBefore);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)hash, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128((__m128i *)(hash + 4), _mm_alignr_epi8(dchg, feba, 8));
}
#else
static inline int csha256_is_supported(void) { return 0; }
static inline void csha256_compress(
    uint32_t *hash, const uint8_t *blocks, size_t count, const uint32_t *constants) {}
#endif
