import Foundation
import Numerics

/// Whether this machine is fit for `runs`: what it computes, where it stores, and how long a commit takes to the disk.
package enum MachineCheck {
  /// Looks at everything. In the store's folder, or the one it would be made in, a file is written and removed again.
  package static func findings(storeAt path: String) -> [Finding] {
    let folder = StoreFolder(path)
    return [cpu, threads, hdf5, golden(), digits(), recipes(), folder.writing(), folder.fileSystem()]
  }

  /// What there is to fear for a store on this file system; nil where nothing is.
  package static func fileSystemWarning(
    storeAt path: String, mounts: MountTable = .ofThisMachine
  ) -> String? { StoreFolder(path, mounts).networkWarning }

  private static var cpu: Finding {
    let isFit = Environment.cpuIsSupported
    return Finding(
      "cpu", "CPU", isFit ? .good : .bad,
      Environment.cpuName + (isFit ? ", with the instructions this build needs" : ", without AVX2 or FMA"))
  }

  private static var threads: Finding {
    let (count, all) = (Environment.cpuCount, ProcessInfo.processInfo.activeProcessorCount)
    return Finding(
      "threads", "threads", .good,
      "\(count) unless said" + (count < all ? " (the control group's quota; the machine has \(all) CPUs)" : ""))
  }

  private static var hdf5: Finding {
    let version = Environment.hdf5Version
    let parts = version.split(separator: ".").compactMap { Int($0) }
    let isKnown = parts.count >= 2 && (parts[0], parts[1]) >= (1, 10)
    return Finding("hdf5", "HDF5 library", isKnown ? .good : .warning, version + (isKnown ? "" : ": older than 1.10"))
  }

  private static func golden() -> Finding {
    let subject = "bits"
    let version = NumericsVersion.current
    guard let expected = GoldenRun.expected else {
      return Finding("numerics", subject, .bad, "numerics version \(version) has no golden run")
    }
    do {
      let start = Environment.clock()
      let found = try GoldenRun.thetaDigest(threads: Environment.cpuCount).hex
      let seconds = String(format: "%.2f s", Environment.clock() - start)
      guard found == expected else {
        return Finding(
          "numerics", subject, .bad,
          "NOT those of numerics version \(version): theta \(found.prefix(16))…, expected \(expected.prefix(16))…")
      }
      return Finding(
        "numerics", subject, .good,
        "those of numerics version \(version) (golden run of \(seconds), theta \(found.prefix(16))…)")
    } catch {
      return Finding("numerics", subject, .bad, "the golden run failed: \(error)")
    }
  }

  private static func digits() -> Finding {
    do {
      let (digits, _) = try DataShelf().vectors(BundledData.digits.rawValue)
      return Finding("data", "bundled data", .good, "found: \(digits.name), \(digits.count) examples")
    } catch {
      return Finding("data", "bundled data", .bad, "\(error)")
    }
  }

  private static func recipes() -> Finding {
    let names = RecipeLibrary.all().map(\.name)
    guard !names.isEmpty else {
      return Finding("recipes", "recipes", .warning, "none found below Runs/recipes; give recipes by their paths")
    }
    return Finding("recipes", "recipes", .good, names.joined(separator: ", "))
  }
}
