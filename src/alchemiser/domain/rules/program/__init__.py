"""Rule trees as programs: steps over rows of sessions, for a loop that a compiler makes quick.

`evaluation` says the same in arrays, one call a step; a property test holds the two together. A
tree that asks for more than the steps know, or is so large that its rows would not fit into a
cache, is evaluated as arrays.
"""
