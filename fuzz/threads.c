/* Several threads, each with a reader of its own, on the same files: for ThreadSanitizer. */
#include <pthread.h>
#include <stdio.h>

#include "target.h"

static char **names;
static int files;

static void *reads(void *unused) {
    static _Thread_local uint8_t data[1 << 20];
    (void)unused;
    for (int index = 0; index < files; index++) {
        FILE *file = fopen(names[index], "rb");
        if (file) {
            size_t size = fread(data, 1, sizeof data, file);
            fclose(file);
            LLVMFuzzerTestOneInput(data, size);
        }
    }
    return NULL;
}

int main(int count, char **arguments) {
    pthread_t threads[8];
    names = arguments + 1, files = count - 1;
    for (int index = 0; index < 8; index++)
        REQUIRE(!pthread_create(&threads[index], NULL, reads, NULL));
    for (int index = 0; index < 8; index++)
        pthread_join(threads[index], NULL);
    return 0;
}
