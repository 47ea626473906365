"""Acting together: what a group gains, who gets what of it, who would leave, and a round of joint buying."""
