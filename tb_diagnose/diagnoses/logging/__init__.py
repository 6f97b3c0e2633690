"""What is true of the log and not of the model. Never an accusation of the training."""
