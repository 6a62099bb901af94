"""The pure core: values, decisions and state machines over the standard library and numpy."""
