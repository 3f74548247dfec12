#pragma once
#include <zlib.h>

// Macros with a sizeof in them, which Swift does not see.
static inline int sequenced_deflate_begin(z_stream *stream, int level) { return deflateInit(stream, level); }
static inline int sequenced_inflate_begin(z_stream *stream) { return inflateInit(stream); }

/// Deflates into one member of gzip, as HTTP has it.
static inline int sequenced_gzip_begin(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
