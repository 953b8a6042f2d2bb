import Testing

@testable import Experiments

/// How many threads there are by default.
@Suite struct CPUAllowanceTests {
  private func count(_ groups: String, _ files: [String: String], of processors: Int = 8) -> Int {
    CPUAllowance(groups: groups) { files[$0] }.count(of: processors)
  }

  @Test func withoutAQuotaItIsTheProcessors() {
    #expect(count("", [:]) == 8)
    #expect(count("0::/\n", ["/sys/fs/cgroup/cpu.max": "max 100000\n"]) == 8)
    #expect(count("2:cpu,cpuacct:/\n", ["/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n"]) == 8)
  }

  @Test(arguments: [("200000 100000\n", 2), ("150000 100000\n", 2), ("140000 100000\n", 1), ("10000 100000\n", 1)])
  func aQuotaIsRoundedToThreads(_ text: String, _ threads: Int) {
    #expect(count("0::/\n", ["/sys/fs/cgroup/cpu.max": text]) == threads)
  }

  @Test func theTightestOfAllGroupsAroundCounts() {
    let files = [
      "/sys/fs/cgroup/a/b/cpu.max": "600000 100000", "/sys/fs/cgroup/a/cpu.max": "300000 100000",
      "/sys/fs/cgroup/cpu.max": "max 100000",
    ]
    #expect(count("0::/a/b\n", files) == 3)
    #expect(count("0::/a/b\n", files, of: 2) == 2)
    #expect(count("0::/not/seen/from/here\n", files) == 8)
  }

  @Test func theOlderVersionHasTwoFiles() {
    let files = [
      "/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us": "400000\n",
      "/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
    ]
    #expect(count("5:memory:/job\n4:cpu,cpuacct:/job\n", files) == 4)
    #expect(count("5:memory:/job\n", files) == 8)
  }
}
