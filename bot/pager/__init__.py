"""SHELL: pages: who is rung, on what, until somebody has it (sla.md section 6)."""
