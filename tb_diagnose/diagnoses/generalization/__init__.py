"""What is learned does not carry over to data the model was not trained on."""
