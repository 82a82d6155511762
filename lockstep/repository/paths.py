"""Where a path lies."""


def within(path: str, place: str) -> bool:
    """Whether a path is the place, or lies in it; both as Git and DVC write them, from the root."""
    return path == place or path.startswith(place.rstrip("/") + "/")
