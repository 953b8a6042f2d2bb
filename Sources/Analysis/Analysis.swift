// The first lines of Analysis.
