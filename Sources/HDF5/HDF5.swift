// The first lines of HDF5.
