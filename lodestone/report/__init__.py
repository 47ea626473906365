"""Tables, charts, maps, briefs; computes nothing."""
