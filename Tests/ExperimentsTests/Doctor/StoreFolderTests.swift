import Experiments
import Foundation
import Testing

/// The warning about network file systems, by tables of mounts as Linux writes them.
struct StoreFolderTests {
  private static func mounts(_ type: String, at place: String) -> MountTable {
    MountTable(
      """
      21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
      36 21 0:32 / \(place) rw,relatime shared:20 - \(type) server:/export rw,vers=4.2
      """)
  }

  private let folder = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path

  @Test(arguments: ["nfs", "nfs4", "cifs", "smb3", "lustre", "9p", "fuse.sshfs", "ceph"])
  func aStoreOnANetworkIsWarnedOf(_ type: String) throws {
    let warning = try #require(
      MachineCheck.fileSystemWarning(storeAt: folder + "/Runs", mounts: Self.mounts(type, at: folder)))
    #expect(warning.contains("lies on \(type), where locks and syncs may not hold"))
  }

  @Test(arguments: ["ext4", "xfs", "btrfs", "tmpfs", "overlay"])
  func aStoreOnThisMachineIsNot(_ type: String) {
    #expect(MachineCheck.fileSystemWarning(storeAt: folder, mounts: Self.mounts(type, at: folder)) == nil)
  }

  /// The innermost mount counts, and of two at one place the later one.
  @Test func aNetworkElsewhereOrUnderneathIsNoConcern() {
    #expect(MachineCheck.fileSystemWarning(storeAt: folder, mounts: Self.mounts("nfs", at: folder + "x")) == nil)
    let above = MountTable(
      """
      21 1 0:32 / / rw - nfs4 server:/ rw
      36 21 254:0 / \(folder) rw - ext4 /dev/vda rw
      """)
    #expect(MachineCheck.fileSystemWarning(storeAt: folder, mounts: above) == nil)
    let over = MountTable(
      """
      21 1 254:0 / / rw - ext4 /dev/vda rw
      36 21 254:0 / \(folder) rw - ext4 /dev/vdb rw
      37 36 0:32 / \(folder) rw - nfs server:/ rw
      """)
    #expect(MachineCheck.fileSystemWarning(storeAt: folder, mounts: over)?.contains("nfs") == true)
    #expect(MachineCheck.fileSystemWarning(storeAt: folder, mounts: MountTable("")) == nil)
  }
}
