"""The pages of 安置: projects, and the seven steps of each."""
