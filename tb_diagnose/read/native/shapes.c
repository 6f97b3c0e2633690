/* Learning the shapes of records. */
#include "shapes.h"

#include <stddef.h>
#include <stdlib.h>

void shapes_free(Shapes *shapes) {
    for (uint64_t tag = 0; tag < shapes->room; tag++)
        free(shapes->shapes[tag]);
    free(shapes->shapes);
}

/* Room for the shape of `size` bytes of a record that ends with a tag; NULL if there is none. */
static Shape *room_for(Shapes *shapes, int32_t tag, uint64_t size) {
    if ((uint64_t)tag >= shapes->room) {
        uint64_t room = 2 * (uint64_t)tag + 64;
        Shape **moved = realloc(shapes->shapes, room * sizeof *moved);
        if (!moved)
            return NULL;
        memset(moved + shapes->room, 0, (room - shapes->room) * sizeof *moved);
        shapes->shapes = moved, shapes->room = room;
    }
    Shape *known = shapes->shapes[tag];
    if (known && known->room >= size)
        return known;
    /* Its like will be longer by a byte or two, when the step is. */
    uint64_t room = size + 8;
    Shape *shape = realloc(known, offsetof(Shape, parts) + room);
    if (!shape)
        return NULL;
    shape->room = (uint16_t)room;
    if (!known)
        shape->next = -1;
    return shapes->shapes[tag] = shape;
}

void shape_learn(Shapes *shapes, const uint8_t *record, uint64_t size, const Part *parts, int count,
                 int32_t before) {
    const uint8_t *summary = record + MOMENT, *end = record + size - FOOTER;
    uint64_t step;
    if (size > LONGEST_SHAPE || (*summary == 0x10 && (summary++, !varint(&summary, end, &step))))
        return;
    int32_t last = parts[count - 1].tag;
    uint64_t parts_size = (uint64_t)count * sizeof *parts;
    Shape *shape = room_for(shapes, last, parts_size + size), *previous;
    if (!shape)
        return;
    shape->size = (uint16_t)size, shape->summary = (uint16_t)(summary - record);
    shape->count = (uint16_t)count;
    memcpy(shape->parts, parts, parts_size);
    memcpy(shape->parts + count, record, size);
    if ((previous = shape_of(shapes, before)))
        previous->next = last;
}
