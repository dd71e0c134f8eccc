"""Reading a message from strangers: bytes in, facts out. Nothing is rendered, nothing fetched, every step has a limit."""
