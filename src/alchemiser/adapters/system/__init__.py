"""The machine the engine runs on: its clock, threads, locks and folders."""
