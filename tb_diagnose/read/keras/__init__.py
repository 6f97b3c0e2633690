"""The configuration of a Keras model, as the TensorBoard callback logs it."""
