// What a store may know of the world: time, chance and the process; all of it injected, so that tests are exact.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The clock, the entropy and the process a store works for.
public struct StoreEnvironment: Sendable {
  /// Seconds since 1970, UTC: for ids and events, never for a decision about whether a run is alive.
  public var secondsSince1970: @Sendable () -> Double
  /// Seconds of a clock that never goes back: for intervals.
  public var monotonicSeconds: @Sendable () -> Double
  /// CPU seconds of the calling thread: for figures.
  public var threadCPUSeconds: @Sendable () -> Double
  /// 64 random bits: for ids.
  public var randomBits: @Sendable () -> UInt64
  /// The host's name.
  public var host: String
  /// This process.
  public var pid: Int32
  /// Who writes the files: a program's name and version, written to them as `creator`.
  public var creator: String

  /// An environment of these parts.
  public init(
    secondsSince1970: @escaping @Sendable () -> Double, monotonicSeconds: @escaping @Sendable () -> Double,
    threadCPUSeconds: @escaping @Sendable () -> Double, randomBits: @escaping @Sendable () -> UInt64, host: String,
    pid: Int32, creator: String = "RunStore"
  ) {
    self.secondsSince1970 = secondsSince1970
    self.monotonicSeconds = monotonicSeconds
    self.threadCPUSeconds = threadCPUSeconds
    self.randomBits = randomBits
    self.host = host
    self.pid = pid
    self.creator = creator
  }

  /// The real clock, the system's entropy, this process.
  public static func system(creator: String = "RunStore") -> StoreEnvironment {
    StoreEnvironment(
      secondsSince1970: { seconds(of: CLOCK_REALTIME) }, monotonicSeconds: { seconds(of: CLOCK_MONOTONIC) },
      threadCPUSeconds: { seconds(of: CLOCK_THREAD_CPUTIME_ID) },
      randomBits: {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
      }, host: hostName(), pid: getpid(), creator: creator)
  }

  private static func seconds(of clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
