"""conf/ becomes params.yaml: Hydra, the checks of the whole, the digest."""
