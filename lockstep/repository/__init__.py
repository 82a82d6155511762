"""Git and DVC, as this project uses them."""
