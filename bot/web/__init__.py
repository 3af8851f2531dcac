"""What the running program serves over HTTP."""
