/* Histograms of any bytes: as a tensor, and as a HistogramProto. */
#include <math.h>
#include <stdlib.h>

#include "histogram.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Distribution reduced;
    uint8_t *copy = malloc(size + 1);
    memcpy(copy, data, size);
    if (size >= BUCKET)
        reduce_tensor(copy, (int64_t)(size / BUCKET), &reduced);
    if (is_usual_proto(copy, copy + size)) {
        reduce_proto(copy, copy + size, &reduced);
        /* Either nothing is known of the distribution, or all of its quantiles were set. */
        REQUIRE(reduced.count >= 0);
    }
    free(copy);
    return 0;
}
