// A driver of libhdf5 for files that are only read and whose bytes a caller gives, part by part.
#pragma once
#include <hdf5.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

/// Where the bytes of a file that is only read come from.
typedef struct {
  /// Whoever has the bytes; retained while the file is open.
  void *context;
  uint64_t size;
  /// Fills the buffer with bytes that are all there; negative where that fails.
  herr_t (*read)(void *context, uint64_t offset, size_t count, void *buffer);
  void (*retain)(void *context);
  void (*release)(void *context);
} chdf5_source;

/// An open file of the driver below.
typedef struct {
  H5FD_t base;
  chdf5_source source;
  haddr_t end_of_addresses;
} chdf5_source_file;

static inline H5FD_t *chdf5_source_open(const char *name, unsigned flags, hid_t access, haddr_t most) {
  (void)name;
  (void)most;
  const chdf5_source *source = (const chdf5_source *)H5Pget_driver_info(access);
  if (!source || (flags & (H5F_ACC_RDWR | H5F_ACC_TRUNC | H5F_ACC_CREAT))) return NULL;
  chdf5_source_file *file = (chdf5_source_file *)calloc(1, sizeof(chdf5_source_file));
  if (!file) return NULL;
  file->source = *source;
  file->source.retain(file->source.context);
  return &file->base;
}

static inline herr_t chdf5_source_close(H5FD_t *base) {
  chdf5_source_file *file = (chdf5_source_file *)base;
  file->source.release(file->source.context);
  free(file);
  return 0;
}

static inline herr_t chdf5_source_query(const H5FD_t *base, unsigned long *flags) {
  (void)base;
  if (flags) *flags = H5FD_FEAT_DATA_SIEVE;
  return 0;
}

static inline haddr_t chdf5_source_eoa(const H5FD_t *base, H5FD_mem_t type) {
  (void)type;
  return ((const chdf5_source_file *)base)->end_of_addresses;
}

static inline herr_t chdf5_source_set_eoa(H5FD_t *base, H5FD_mem_t type, haddr_t address) {
  (void)type;
  ((chdf5_source_file *)base)->end_of_addresses = address;
  return 0;
}

static inline haddr_t chdf5_source_eof(const H5FD_t *base, H5FD_mem_t type) {
  (void)type;
  return ((const chdf5_source_file *)base)->source.size;
}

/// What lies behind the end is zeros, as the drivers of libhdf5 have it.
static inline herr_t chdf5_source_read(
    H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t count, void *buffer) {
  (void)type;
  (void)transfer;
  const chdf5_source *source = &((chdf5_source_file *)base)->source;
  uint64_t left = address < source->size ? source->size - address : 0;
  size_t there = count < left ? count : (size_t)left;
  memset((char *)buffer + there, 0, count - there);
  return there == 0 ? 0 : source->read(source->context, address, there, buffer);
}

static inline herr_t chdf5_source_write(
    H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t count, const void *buffer) {
  (void)base;
  (void)type;
  (void)transfer;
  (void)address;
  (void)count;
  (void)buffer;
  return -1;
}

/// Registers the driver; to be called once.
static inline hid_t chdf5_register_source_driver(void) {
  static const H5FD_class_t driver = {
#if H5_VERSION_GE(1, 13, 0)
      .version = H5FD_CLASS_VERSION,
      .value = (H5FD_class_value_t)511,
#endif
      .name = "source",
      .maxaddr = (((haddr_t)1) << 62) - 1,
      .fc_degree = H5F_CLOSE_SEMI,
      .fapl_size = sizeof(chdf5_source),
      .open = chdf5_source_open,
      .close = chdf5_source_close,
      .query = chdf5_source_query,
      .get_eoa = chdf5_source_eoa,
      .set_eoa = chdf5_source_set_eoa,
      .get_eof = chdf5_source_eof,
      .read = chdf5_source_read,
      .write = chdf5_source_write,
      .fl_map = H5FD_FLMAP_DICHOTOMY,
  };
  return H5FDregister(&driver);
}

/// Has files that are opened with this property list read from the source, which is copied.
static inline herr_t chdf5_use_source(hid_t access, hid_t driver, const chdf5_source *source) {
  return H5Pset_driver(access, driver, source);
}
