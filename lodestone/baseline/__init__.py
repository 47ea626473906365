"""Facts to one balanced network, with uncertainty and bounds."""
