"""The interface for programs: places, generations and coverage, narrowed to the caller's duties."""
