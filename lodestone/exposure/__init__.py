"""Who depends on whom, first-tier and looked through."""
