"""Review, the sixth door: the breaks, what was suggested, and what people match by hand."""
