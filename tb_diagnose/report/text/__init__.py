"""Numbers, sentences and small curves as text, and what a terminal can show of them."""
