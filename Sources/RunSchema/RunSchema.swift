// The first lines of RunSchema.
