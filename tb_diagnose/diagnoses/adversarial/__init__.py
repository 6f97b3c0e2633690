"""What goes wrong between a generator and its discriminator."""
