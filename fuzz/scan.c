/* A file of any bytes in blocks of any size, read as decode/native.py does, by two readers. */
#include <stdlib.h>

#include "target.h"

/* All that a reader has: collected, with one curve detached. */
static void taken(Reader *reader) {
    int64_t count = reader_curves(reader, NULL, 0);
    Curve *curves = calloc((size_t)count + 1, sizeof *curves);
    int64_t totals[4] = {0, 0, 0, 0}, room;
    uint64_t names;
    reader_curves(reader, curves, count);
    const uint8_t *tags = reader_tags(reader, &names);
    for (int64_t index = 0; index < count; index++) {
        REQUIRE(curves[index].place + curves[index].length <= names);
        volatile uint8_t sum = 0;
        for (uint32_t at = 0; at < curves[index].length; at++)
            sum ^= tags[curves[index].place + at];
        if (curves[index].count && curves[index].count <= 16)
            totals[0] += curves[index].count, totals[curves[index].kind] += curves[index].count;
    }
    int64_t *steps = calloc((size_t)totals[0] + 1, 8);
    uint64_t *walls = calloc((size_t)totals[0] + 1, 8);
    float *floats = calloc((size_t)totals[FLOAT] + 1, sizeof *floats);
    double *doubles = calloc((size_t)totals[DOUBLE] + 1, sizeof *doubles);
    Distribution *rows = calloc((size_t)totals[HISTOGRAM] + 1, sizeof *rows);
    reader_collect(reader, 16, steps, walls, floats, doubles, rows);
    for (int64_t index = 0; index < count; index++)
        if (curves[index].count > 16)
            points_free(reader_detach(reader, index, &room));
    free(curves), free(steps), free(walls), free(floats), free(doubles), free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    /* Checksums are left unchecked, so that changed bytes get past them; the headers' are mended. */
    Reader *reader = reader_new(data[0], data[1], 0);
    size_t block = 1 + data[0] * 16u, begin = 2;
    uint8_t *copy = mended(data, size);
    while (begin < size) {
        size_t end = begin + block < size ? begin + block : size;
        uint8_t *octets = malloc(end - begin); /* of its own, so that reading past it is seen */
        memcpy(octets, copy + begin, end - begin);
        int64_t used = reader_scan(reader, octets, (int64_t)(end - begin), (int64_t)(size - end));
        REQUIRE(used >= 0 && used <= (int64_t)(end - begin));
        find_header(octets, (int64_t)(end - begin), 0);
        if (data[1] & 1)
            taken(reader);
        /* What is not taken is Python's: it adds points, and goes on at the next record. */
        if (end - begin >= 24 && !used) {
            double number = 1.0;
            reader_plugin(reader, octets, octets[0] % 24, octets + 12, octets[1] % 12);
            reader_add(reader, octets, octets[2] % 24, 1 + octets[3] % 2, 1, 2, &number);
        }
        free(octets);
        begin = used ? begin + (size_t)used : end;
    }
    taken(reader);
    reader_free(reader);
    free(copy);
    return 0;
}
