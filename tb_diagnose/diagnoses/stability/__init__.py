"""The optimization itself goes wrong: it blows up, swings or loses what it had won."""
