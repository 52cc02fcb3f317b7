# How fast, side by side.
