"""What attaching to any framework shares; nothing here imports one."""
