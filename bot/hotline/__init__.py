"""SHELL: hotline weekends: shoots, windows, the rota, and the roll-call before an opening (sla.md section 5)."""
