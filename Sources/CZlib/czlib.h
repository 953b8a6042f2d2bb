#pragma once
#include <zlib.h>

/// inflateInit2 is a macro, which Swift does not import. 16 + 15: a gzip header, the largest window.
static inline int cz_inflate_init_gzip(z_streamp stream) { return inflateInit2(stream, 16 + MAX_WBITS); }

/// The header of RFC 1950.
static inline int cz_inflate_init_zlib(z_streamp stream) { return inflateInit2(stream, MAX_WBITS); }

/// No header.
static inline int cz_inflate_init_raw(z_streamp stream) { return inflateInit2(stream, -MAX_WBITS); }
