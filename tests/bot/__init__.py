"""The shell in one process: every verb on both databases, with the real channels' ears and a recorder as their mouth."""
