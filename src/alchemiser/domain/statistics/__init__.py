"""Figures of return series, each with its formula and its source.

Returns are simple, of one session, as fractions (0.01 is one percent), oldest first: float64 of
shape (T,) for one series or (T, N), session by strategy. A figure of them has shape () or (N,).

NaN means "not defined". A series that has a NaN or an infinite return has no figure at all: what
is missing is not zero, and leaving it out would move the sessions after it. A ratio whose
denominator is zero is NaN, so a series that never changes has no Sharpe ratio and one that never
lost has no Sortino ratio.
"""
