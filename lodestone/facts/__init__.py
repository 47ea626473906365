"""What was published, by whom, known from when: read, check, correct."""
