"""Administrative areas, their codes and published populations."""
