/* Reducing histograms: a tensor by reduce_tensor of reader.h, a HistogramProto by this. */
#ifndef TB_DIAGNOSE_HISTOGRAM_H
#define TB_DIAGNOSE_HISTOGRAM_H

#include "bytes.h"

/* Bytes of a bucket in a tensor; quantiles are kept at multiples of 1 / SLICES. */
enum { BUCKET = 24, SLICES = 32 };

/* Whether a HistogramProto has the form that writers give it, which reduce_proto relies on. */
int is_usual_proto(const uint8_t *at, const uint8_t *end);
void reduce_proto(const uint8_t *at, const uint8_t *end, Distribution *reduced);

#endif
