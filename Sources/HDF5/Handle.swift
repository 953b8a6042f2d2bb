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

  private static let shared = Shared()

  private final class Shared: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// Images opened so far; touched under the lock only.
    var images = 0

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
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
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

  deinit {
    Library.enter()
    _ = close(id)
    Library.leave()
  }
}
