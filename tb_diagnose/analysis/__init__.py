"""What a run did, derived once and shared by all diagnoses."""
