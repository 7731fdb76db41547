"""Runs: who reaches what on foot, its files, shares and exports."""
