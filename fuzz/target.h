/* What the targets have in common. */
#ifndef TB_DIAGNOSE_TARGET_H
#define TB_DIAGNOSE_TARGET_H

#include <stdlib.h>
#include <string.h>

#include "bytes.h"

#define REQUIRE(condition)                                                                        \
    do {                                                                                          \
        if (!(condition))                                                                         \
            abort();                                                                              \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy with the checksums of the headers right, from the third byte on: else no changed length
 * would ever be believed. */
static inline uint8_t *mended(const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size);
    memcpy(copy, data, size);
    for (size_t at = 2; size - at >= HEADER + FOOTER && at < size;) {
        uint32_t crc = masked(crc32c(copy + at, 8));
        memcpy(copy + at + 8, &crc, sizeof crc);
        uint64_t length = word64(copy + at);
        if (length > size - at - HEADER - FOOTER)
            break;
        at += HEADER + length + FOOTER;
    }
    return copy;
}

#endif
