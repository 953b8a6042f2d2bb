// The first lines of OuterTraining.
