/* Runs a target without libFuzzer: on each file that is named, or on seeded changes of them.
 *
 *     target SECONDS SEED FILE ...
 *
 * With 0 seconds each file is run as it is. */
#include <stdio.h>
#include <time.h>

#include "target.h"

enum { MOST_FILES = 4096, MOST_BYTES = 1 << 20 };

static uint64_t state;

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t drawn(uint64_t below) {
    uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) % below;
}

static size_t changed(uint8_t *data, size_t size, const uint8_t *other, size_t other_size) {
    static const uint8_t telling[] = {0x00, 0x01, 0x08, 0x0A, 0x10, 0x12, 0x15, 0x22,
                                      0x2A, 0x42, 0x4A, 0x7F, 0x80, 0xFF};
    for (uint64_t times = 1 + drawn(8); times && size; times--) {
        size_t at = drawn(size), many = 1 + drawn(size - at < 64 ? size - at : 64);
        switch (drawn(6)) {
        case 0: data[at] ^= (uint8_t)(1u << drawn(8)); break;
        case 1: data[at] = telling[drawn(sizeof telling)]; break;
        case 2: data[at] = (uint8_t)drawn(256); break;
        case 3: memmove(data + at, data + at + many, size - at - many), size -= many; break;
        case 4:
            if (other_size >= many)
                memcpy(data + at, other + drawn(other_size - many + 1), many);
            break;
        default:
            if (size + many <= MOST_BYTES) {
                memmove(data + at + many, data + at, size - at);
                size += many;
            }
        }
    }
    return size;
}

int main(int count, char **arguments) {
    static uint8_t *files[MOST_FILES], work[MOST_BYTES];
    static size_t sizes[MOST_FILES];
    int known = 0;
    if (count < 4)
        return 2;
    long seconds = atol(arguments[1]);
    state = (uint64_t)atoll(arguments[2]);
    for (int index = 3; index < count && known < MOST_FILES; index++) {
        FILE *file = fopen(arguments[index], "rb");
        if (!file)
            return 2;
        sizes[known] = fread(work, 1, sizeof work, file);
        fclose(file);
        files[known] = malloc(sizes[known] + 1);
        memcpy(files[known], work, sizes[known]);
        LLVMFuzzerTestOneInput(files[known], sizes[known]);
        known++;
    }
    unsigned long runs = 0;
    for (time_t end = time(NULL) + seconds; time(NULL) < end; runs++) {
        uint64_t one = drawn((uint64_t)known), other = drawn((uint64_t)known);
        memcpy(work, files[one], sizes[one]);
        LLVMFuzzerTestOneInput(work, changed(work, sizes[one], files[other], sizes[other]));
    }
    printf("%d files, %lu changes of them\n", known, runs);
    return 0;
}
