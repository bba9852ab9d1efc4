"""The part cockpit: one page with everything about a part, from every app."""
