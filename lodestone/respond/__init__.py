"""What to do: scenario trees, risk, and the programme that weighs cost against it."""
