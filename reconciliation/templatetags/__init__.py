"""The words templates speak: see books."""
