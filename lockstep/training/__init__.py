"""What is fitted on training rows, and the bundle that holds it."""
