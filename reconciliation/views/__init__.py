"""The pages: one module per stage, and one for the background jobs they wait for."""
