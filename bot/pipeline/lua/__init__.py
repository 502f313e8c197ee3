"""The Lua scripts of the durable path, one file each."""
