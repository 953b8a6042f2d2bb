// libhdf5's macros as functions: Swift sees functions and enumerations, but not H5T_*, H5P_*, H5F_ACC_* and the like.
#pragma once
#include "chdf5_source.h"
#include <hdf5.h>
#include <stdint.h>

// Types in the file: little endian, whatever the machine.
static inline hid_t chdf5_file_int8(void) { return H5T_STD_I8LE; }
static inline hid_t chdf5_file_int16(void) { return H5T_STD_I16LE; }
static inline hid_t chdf5_file_int32(void) { return H5T_STD_I32LE; }
static inline hid_t chdf5_file_int64(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_file_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t chdf5_file_uint16(void) { return H5T_STD_U16LE; }
static inline hid_t chdf5_file_uint32(void) { return H5T_STD_U32LE; }
static inline hid_t chdf5_file_uint64(void) { return H5T_STD_U64LE; }
static inline hid_t chdf5_file_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_file_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_big_endian_float32(void) { return H5T_IEEE_F32BE; }
static inline hid_t chdf5_big_endian_float64(void) { return H5T_IEEE_F64BE; }

// Types in memory.
static inline hid_t chdf5_native_int8(void) { return H5T_NATIVE_INT8; }
static inline hid_t chdf5_native_int16(void) { return H5T_NATIVE_INT16; }
static inline hid_t chdf5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t chdf5_native_uint16(void) { return H5T_NATIVE_UINT16; }
static inline hid_t chdf5_native_uint32(void) { return H5T_NATIVE_UINT32; }
static inline hid_t chdf5_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t chdf5_native_float32(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_native_float64(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_c_string(void) { return H5T_C_S1; }
static inline size_t chdf5_variable_size(void) { return H5T_VARIABLE; }

// Classes of property lists, flags and wildcards, whose C types change between versions of libhdf5.
static inline hid_t chdf5_file_creation(void) { return H5P_FILE_CREATE; }
static inline hid_t chdf5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_group_creation(void) { return H5P_GROUP_CREATE; }
static inline hid_t chdf5_dataset_creation(void) { return H5P_DATASET_CREATE; }
static inline hid_t chdf5_link_creation(void) { return H5P_LINK_CREATE; }
static inline hid_t chdf5_attribute_creation(void) { return H5P_ATTRIBUTE_CREATE; }
static inline hid_t chdf5_default(void) { return H5P_DEFAULT; }
static inline hid_t chdf5_all(void) { return H5S_ALL; }
static inline hid_t chdf5_default_error_stack(void) { return H5E_DEFAULT; }
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }
static inline unsigned chdf5_every_local_object(void) { return H5F_OBJ_ALL | H5F_OBJ_LOCAL; }

// Callbacks and structures that got a new number in 1.12; each below has one shape for every version.

/// Called for each link of a group: its name, its kind (H5L_TYPE_HARD, ...), and the context.
typedef herr_t (*chdf5_link_visitor)(const char *name, int kind, void *context);

typedef struct {
  chdf5_link_visitor visit;
  void *context;
} chdf5_link_visit;

#if H5_VERSION_GE(1, 12, 0)
typedef H5L_info1_t chdf5_link_info;
typedef H5O_info1_t chdf5_object_info;
#else
typedef H5L_info_t chdf5_link_info;
typedef H5O_info_t chdf5_object_info;
#endif

static inline herr_t chdf5_visit_link(hid_t group, const char *name, const chdf5_link_info *info, void *context) {
  (void)group;
  chdf5_link_visit *visit = (chdf5_link_visit *)context;
  return visit->visit(name, (int)info->type, visit->context);
}

/// Visits the links of a group in the order of their names' bytes.
static inline herr_t chdf5_visit_links(hid_t group, chdf5_link_visitor visit, void *context) {
  chdf5_link_visit both = {visit, context};
#if H5_VERSION_GE(1, 12, 0)
  return H5Literate1(group, H5_INDEX_NAME, H5_ITER_INC, NULL, chdf5_visit_link, &both);
#else
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, chdf5_visit_link, &both);
#endif
}

/// The kind (H5O_TYPE_GROUP, ...) of an open object and its address, which is its identity within the file.
static inline herr_t chdf5_identify(hid_t object, int *kind, uint64_t *address) {
  chdf5_object_info info;
#if H5_VERSION_GE(1, 12, 0)
  herr_t status = H5Oget_info2(object, &info, H5O_INFO_BASIC);
#else
  herr_t status = H5Oget_info2(object, &info, H5O_INFO_BASIC);
#endif
  if (status >= 0) {
    *kind = (int)info.type;
    *address = (uint64_t)info.addr;
  }
  return status;
}

/// Frees what H5Aread allocated for variable-length strings.
static inline herr_t chdf5_reclaim(hid_t type, hid_t space, void *buffer) {
#if H5_VERSION_GE(1, 12, 0)
  return H5Treclaim(type, space, H5P_DEFAULT, buffer);
#else
  return H5Dvlen_reclaim(type, space, H5P_DEFAULT, buffer);
#endif
}
