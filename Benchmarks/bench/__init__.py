"""Whole processes side by side, as the kernel accounts for them."""
