"""What was fed in: scale, order, balance and labels of the data."""
