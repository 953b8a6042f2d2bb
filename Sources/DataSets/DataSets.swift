// The first lines of DataSets.
