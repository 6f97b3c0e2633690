"""Pure numerics: arrays in, numbers out. No tags, no words, no limits of taste."""
