"""From a record to the event files that a framework would have written of it."""
