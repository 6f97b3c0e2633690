"""What the page draws of runs: the tab asks for it piece by piece, the HTML report carries it."""
