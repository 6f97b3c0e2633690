"""How far verdicts can be trusted: labelled cases in, shares of right and wrong out."""
