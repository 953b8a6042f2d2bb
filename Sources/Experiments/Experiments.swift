// The first lines of Experiments.
