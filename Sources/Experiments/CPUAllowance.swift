import CVector
import Foundation

/// The CPUs that a process may use: those that it is bound to, but no more than its control groups have a quota for.
struct CPUAllowance {
  /// The process's control groups, as /proc/self/cgroup lists them.
  let groups: String
  /// The text of a small file; nil where there is none.
  let read: (_ path: String) -> String?

  /// The processors that this process may run on: taskset and batch systems bind it to some.
  static var processors: Int {
    let count = Int(cv_cpu_count())
    return count > 0 ? count : ProcessInfo.processInfo.activeProcessorCount
  }

  /// At least 1. Half a CPU's quota and more counts as one more thread.
  func count(of processors: Int) -> Int {
    let granted = groups.split(separator: "\n").flatMap { line in
      quotas(line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false))
    }
    return max(1, min(processors, granted.min().map { Int($0.rounded()) } ?? processors))
  }

  /// CPUs that a group and those around it grant: a line is "number:controllers:/path", without controllers in version 2.
  private func quotas(_ fields: [Substring]) -> [Double] {
    guard fields.count == 3 else { return [] }
    if fields[1].isEmpty { return folders("/sys/fs/cgroup", fields[2]).compactMap(quota) }
    guard fields[1].split(separator: ",").contains("cpu") else { return [] }
    return ["cpu", String(fields[1])].flatMap { folders("/sys/fs/cgroup/\($0)", fields[2]) }.compactMap(olderQuota)
  }

  /// The folder of a group and of all around it. In a container the path may name what only the host sees: the last is its own.
  private func folders(_ root: String, _ path: Substring) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).reversed().map { ([root] + names.prefix($0).map(String.init)).joined(separator: "/") }
  }

  /// cpu.max: "quota period" in microseconds, or "max period".
  private func quota(in folder: String) -> Double? {
    let parts = read(folder + "/cpu.max")?.split(whereSeparator: \.isWhitespace) ?? []
    guard parts.count == 2, let quota = Double(parts[0]), let period = Double(parts[1]), period > 0 else { return nil }
    return quota / period
  }

  /// Version 1: two files; -1 is no quota.
  private func olderQuota(in folder: String) -> Double? {
    let parts = ["quota", "period"].map { name in
      read("\(folder)/cpu.cfs_\(name)_us").flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    guard let quota = parts[0], let period = parts[1], quota > 0, period > 0 else { return nil }
    return quota / period
  }
}
