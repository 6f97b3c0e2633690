"""Records, and the messages in them: bytes that say how long they are and what they mean."""
