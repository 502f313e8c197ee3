"""Web chat: one page and one WebSocket.

A visitor's words and the replies to them lie in a mailbox in Redis. A page shows what lies there
behind the last letter it has seen, so that a cut line, a reload or a killed server loses nothing.
"""
