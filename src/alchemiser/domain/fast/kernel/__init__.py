"""All the rules of the fast engine for one number at a time: what a compiler makes quick.

`step` says the same in arrays, with the same operations in the same order, so that both give the
same bytes; a property test holds them together. Every function of this package can be compiled as
it stands: plain loops over arrays. Their names are unique, since they are compiled together.
"""
