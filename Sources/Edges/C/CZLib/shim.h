#pragma once
#include <zlib.h>

/// Begins a gzip member at the quickest level; zlib's own call is a macro, which Swift does not see.
static inline int czlib_gzip_init(z_stream *stream) {
    return deflateInit2(stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
