"""Language models behind one interface: an endpoint, the embedded server, the scripted one. Knows nothing of MI."""
