"""Rules of the market that change by decree: each with the day it begins and its source."""
