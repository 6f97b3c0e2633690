"""How far verdicts can be trusted: labeled cases in, shares of right and wrong out."""
