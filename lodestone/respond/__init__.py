"""What to do: levers, the planning programme, risk."""
