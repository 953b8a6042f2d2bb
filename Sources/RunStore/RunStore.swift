// The first lines of RunStore.
