/* Protocol buffers' wire format: just enough to walk from field to field. */
#ifndef TB_DIAGNOSE_WIRE_H
#define TB_DIAGNOSE_WIRE_H

#include <stdint.h>

static inline int varint(const uint8_t **at, const uint8_t *end, uint64_t *found) {
    *found = 0;
    for (int shift = 0; shift < 64 && *at < end; shift += 7) {
        uint8_t octet = *(*at)++;
        *found |= (uint64_t)(octet & 0x7F) << shift;
        if (octet < 0x80)
            return 1;
    }
    return 0;
}

/* Enters a field of bytes; `behind` is where it ends. 0 if there is none. */
static inline int enter(const uint8_t **at, const uint8_t *end, uint8_t key, const uint8_t **behind) {
    uint64_t length;
    if (*at == end || **at != key)
        return 0;
    ++*at;
    if (!varint(at, end, &length) || length > (uint64_t)(end - *at))
        return 0;
    *behind = *at + length;
    return 1;
}

#endif
