"""Published checks, back-tests, scores, sensitivity."""
