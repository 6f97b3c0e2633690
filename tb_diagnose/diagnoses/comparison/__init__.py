"""What several runs say that one alone cannot."""
