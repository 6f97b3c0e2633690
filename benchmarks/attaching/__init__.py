"""What measures the cost of callbacks: one process each, so that its memory is its own."""
