/* CRC32C (Castagnoli), by the processor's own instruction where there is one. */
#include "bytes.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <nmmintrin.h>
#if defined(__clang__)
#define HARDWARE __attribute__((target("sse4.2,crc32")))
#else
#define HARDWARE __attribute__((target("sse4.2")))
#endif
#define HAS_HARDWARE() __builtin_cpu_supports("sse4.2")
#define STEP_64(crc, word) ((uint32_t)_mm_crc32_u64(crc, word))
#define STEP_32(crc, word) _mm_crc32_u32(crc, word)
#define STEP_8(crc, octet) _mm_crc32_u8(crc, octet)
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#define HARDWARE
#define HAS_HARDWARE() 1
#define STEP_64(crc, word) __crc32cd(crc, word)
#define STEP_32(crc, word) __crc32cw(crc, word)
#define STEP_8(crc, octet) __crc32cb(crc, octet)
#endif

static uint32_t table[8][256];
#ifdef HARDWARE
static int hardware;
#endif

/* table[k][b] is the CRC of the byte b with k zeros behind it. */
__attribute__((constructor)) static void prepare(void) {
    for (uint32_t octet = 0; octet < 256; octet++) {
        uint32_t crc = octet;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (crc & 1 ? 0x82F63B78u : 0);
        table[0][octet] = crc;
    }
    for (int zeros = 1; zeros < 8; zeros++)
        for (int octet = 0; octet < 256; octet++) {
            uint32_t crc = table[zeros - 1][octet];
            table[zeros][octet] = table[0][crc & 0xFF] ^ (crc >> 8);
        }
#ifdef HARDWARE
    hardware = HAS_HARDWARE();
#endif
}

#ifdef HARDWARE
HARDWARE static uint32_t by_hardware(uint32_t crc, const uint8_t *at, uint64_t size) {
    for (; size >= 8; at += 8, size -= 8)
        crc = STEP_64(crc, word64(at));
    if (size >= 4) {
        crc = STEP_32(crc, word32(at));
        at += 4, size -= 4;
    }
    for (; size; at++, size--)
        crc = STEP_8(crc, *at);
    return crc;
}
#endif

/* Eight bytes at a time: the CRC of each, as far as it stands from the end, by exclusive or. */
static uint32_t by_table(uint32_t crc, const uint8_t *at, uint64_t size) {
    for (; size >= 8; at += 8, size -= 8) {
        uint64_t word = word64(at) ^ crc;
        crc = 0;
        for (int index = 0; index < 8; index++)
            crc ^= table[7 - index][(word >> 8 * index) & 0xFF];
    }
    for (; size; at++, size--)
        crc = table[0][(crc ^ *at) & 0xFF] ^ (crc >> 8);
    return crc;
}

uint32_t crc32c(const uint8_t *at, uint64_t size) {
#ifdef HARDWARE
    if (hardware)
        return ~by_hardware(~0u, at, size);
#endif
    return ~by_table(~0u, at, size);
}

uint32_t crc32c_by_table(const uint8_t *at, uint64_t size) { return ~by_table(~0u, at, size); }

/* Where a run of zeros ends. */
static int64_t behind_zeros(const uint8_t *octets, int64_t size, int64_t at) {
    for (; at + 32 <= size; at += 32)
        if (word64(octets + at) | word64(octets + at + 8) | word64(octets + at + 16) |
            word64(octets + at + 24))
            break;
    while (at < size && !octets[at])
        at++;
    return at;
}

/* Lengths under 4 GB have four zeros in their upper half, which leaves few places to look at. */
int64_t find_header(const uint8_t *octets, int64_t size, int64_t at) {
    while (at <= size - HEADER) {
        const uint8_t *place = octets + at;
        if (place[7])
            at += 4;
        else if (word32(place + 4))
            at++;
        else if (!word64(place) && !word32(place + 8))
            at = behind_zeros(octets, size, at + HEADER) - HEADER + 1;
        else if (masked(crc32c(place, 8)) == word32(place + 8))
            return at;
        else
            at++;
    }
    return at;
}
