// Counts the calling thread's allocations, whoever makes them.
#pragma once

/// Allocations of the calling thread so far: calls of malloc, calloc, realloc and their aligned kin.
unsigned long allocations_of_this_thread(void);

/// 0 where nothing is counted: under a sanitizer, whose allocators must not be replaced, and without glibc.
int counts_allocations(void);
