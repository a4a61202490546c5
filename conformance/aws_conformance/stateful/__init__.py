"""State machines: whether what a service makes lives as its documentation says."""
