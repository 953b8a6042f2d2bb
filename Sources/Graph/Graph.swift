// The first lines of Graph.
