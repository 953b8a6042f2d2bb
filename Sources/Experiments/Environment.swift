import CVector
import Foundation
import HDF5

/// What the world outside says of a run: time, machine, code. Recorded, and never a reason for a bit.
package enum Environment {
  /// Seconds since 1970, UTC.
  package static func now() -> Double { Date().timeIntervalSince1970 }

  /// Wall time that does not jump, in seconds from some start.
  package static func clock() -> Double { seconds(of: CLOCK_MONOTONIC) }

  /// CPU time of all threads of this process, in seconds.
  package static func cpuClock() -> Double { seconds(of: CLOCK_PROCESS_CPUTIME_ID) }

  /// CPU time of the calling thread, in seconds.
  static func threadCPUClock() -> Double { seconds(of: CLOCK_THREAD_CPUTIME_ID) }

  private static func seconds(of clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The greatest resident memory of this process so far, in bytes.
  package static func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1_024
  }

  /// Processes that wanted a CPU, averaged over the last minute; NaN where the system does not say.
  static var loadAverage: Double {
    var load = 0.0
    return getloadavg(&load, 1) == 1 ? load : .nan
  }

  /// True where the CPU has the instructions that the kernels were compiled for.
  package static var cpuIsSupported: Bool { cv_cpu_is_supported() == 1 }

  /// The compiler's own words, such as "Clang 21.0.0 (...)": Swift and C come from one toolchain.
  static var compiler: String { String(cString: cv_compiler()) }

  static var hdf5Version: String { HDF5.libraryVersion }

  /// The CPU's name as the kernel gives it; "unknown" where it gives none.
  static var cpuName: String { field("model name", in: "/proc/cpuinfo") ?? "unknown" }

  /// Name and version of the operating system.
  static var system: String {
    let release = field("PRETTY_NAME", in: "/etc/os-release")?.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    var name = utsname()
    uname(&name)
    let kernel = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let machine = withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return "\(release ?? "Linux"), kernel \(kernel), \(machine)"
  }

  package static var host: String { ProcessInfo.processInfo.hostName }

  /// CPUs that this process may use: those it is bound to, or the quota of its control groups if that is less. Asked once.
  package static let cpuCount = CPUAllowance(groups: text(at: "/proc/self/cgroup"), read: text)
    .count(of: CPUAllowance.processors)

  /// The path of the running program.
  package static var executablePath: String? { Bundle.main.executablePath }

  /// The value after the first `:` or `=` of the line that starts with a key.
  private static func field(_ key: String, in path: String) -> String? {
    guard let line = text(at: path).split(separator: "\n").first(where: { $0.hasPrefix(key) }) else { return nil }
    guard let separator = line.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return nil }
    return line[line.index(after: separator)...].trimmingCharacters(in: .whitespaces)
  }

  /// A small file's text; empty where there is none.
  private static func text(at path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
