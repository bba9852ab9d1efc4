"""The pages of the catalogue, and its word lists."""
