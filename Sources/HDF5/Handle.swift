// The one way into libhdf5: a process-wide lock, set up once, and handles that are closed exactly once.

import CHDF5

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The process-wide state of libhdf5, which is one library with global variables however many files are open.
///
/// Every public operation runs between `enter` and `leave`. The lock is recursive, since a handle that is closed within
/// an operation takes it too.
package enum Library {
  package static func enter() {
    shared.lock()
    // libhdf5 keeps an error printer per thread, on by default; so it is switched off wherever a thread comes in.
    H5Eset_auto2(chdf5_default_error_stack(), nil, nil)
  }

  package static func leave() { shared.unlock() }

  /// A name that no other file in memory has: libhdf5 takes two open images of one name for the same file.
  static func uniqueImageName() -> String {
    shared.images += 1
    return "image-\(shared.images)"
  }

  /// Property lists that are the same whatever is written, made once: to make one takes as long as to write a small
  /// attribute. Use them under the lock.
  static var propertyLists: PropertyLists { shared.propertyLists }

  /// The driver of files whose bytes a source gives.
  static var sourceDriver: hid_t { shared.sourceDriver }

  private static let shared = Shared()

  private final class Shared: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// Images opened so far; touched under the lock only.
    var images = 0
    let propertyLists: PropertyLists
    let sourceDriver: hid_t

    init() {
      var attributes = pthread_mutexattr_t()
      pthread_mutexattr_init(&attributes)
      pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
      let status = pthread_mutex_init(mutex, &attributes)
      precondition(status == 0, "pthread_mutex_init failed with \(status)")
      pthread_mutexattr_destroy(&attributes)
      // No work of libhdf5 at exit: files are closed by their owners, and its own handler can crash on a full disk.
      H5dont_atexit()
      let opened = H5open()
      precondition(opened >= 0, "libhdf5 cannot be initialised")
      // No filter and no driver is loaded from the file system because a file asks for it.
      H5PLset_loading_state(0)
      propertyLists = PropertyLists()
      sourceDriver = chdf5_register_source_driver()
      precondition(sourceDriver >= 0, "libhdf5 takes no driver")
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
  }
}

/// How objects are created: no times, names in UTF-8.
struct PropertyLists {
  let group: hid_t
  let linkName: hid_t
  let attributeName: hid_t
  /// For datasets in their object's header.
  let compact: hid_t
  /// For datasets in chunks with a checksum and without compression; whoever uses it sets the chunk.
  let checked: hid_t

  fileprivate init() {
    func list(_ type: hid_t, _ settings: (hid_t) -> [herr_t]) -> hid_t {
      let list = H5Pcreate(type)
      precondition(list >= 0 && settings(list).allSatisfy { $0 >= 0 }, "libhdf5 makes no property lists")
      return list
    }
    group = list(chdf5_group_creation()) { [H5Pset_obj_track_times($0, false)] }
    linkName = list(chdf5_link_creation()) { [H5Pset_char_encoding($0, H5T_CSET_UTF8)] }
    attributeName = list(chdf5_attribute_creation()) { [H5Pset_char_encoding($0, H5T_CSET_UTF8)] }
    compact = list(chdf5_dataset_creation()) { [H5Pset_obj_track_times($0, false), H5Pset_layout($0, H5D_COMPACT)] }
    checked = list(chdf5_dataset_creation()) { list in
      var one: hsize_t = 1
      return [H5Pset_obj_track_times(list, false), H5Pset_chunk(list, 1, &one), H5Pset_fletcher32(list)]
    }
  }
}

/// An identifier of libhdf5, closed exactly once when its owner's life ends.
struct Handle: ~Copyable {
  typealias Close = @convention(c) (hid_t) -> herr_t

  let id: hid_t
  private let close: Close

  /// Takes over `id`, which is valid.
  init(owning id: hid_t, closedBy close: @escaping Close) {
    precondition(id >= 0, "a handle of the failed identifier \(id)")
    self.id = id
    self.close = close
  }

  /// An identifier that is valid as long as the process, and is not closed.
  init(lasting id: hid_t) { self.init(owning: id, closedBy: { _ in 0 }) }

  deinit {
    Library.enter()
    _ = close(id)
    Library.leave()
  }
}
