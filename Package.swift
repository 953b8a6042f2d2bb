// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// A module shows what it imports only where it says so.
let settings: [SwiftSetting] = [.enableUpcomingFeature("InternalImportsByDefault")]

/// The modules whose inner loops take the time are optimised in every configuration, so that a debug build computes
/// the same bits in bearable time. On x86-64 they need AVX2 and FMA; the command checks the CPU before it calls them.
#if arch(x86_64)
  let kernelSettings = settings + [.unsafeFlags(["-O", "-Xcc", "-march=x86-64-v3"])]
#else
  let kernelSettings = settings + [.unsafeFlags(["-O"])]
#endif

/// A sanitizer's books take terabytes of address space, which a child process is else denied: Tools/test --sanitize says so.
let sanitized: [SwiftSetting] = Context.environment["RUNS_SANITIZED"] == nil ? [] : [.define("SANITIZED")]

/// A test target for each module, and those that look at the whole: what each may import.
let tests: [Target] = [
  ("HDF5Tests", ["HDF5", "CHDF5"]),
  ("RunStoreTests", ["RunStore", "HDF5", "Fuzzing"]),
  ("FuzzingTests", ["Fuzzing"]),
  ("NumericsTests", ["Numerics"]),
  ("GraphTests", ["Graph", "Numerics", "DoublePrecision"]),
  ("TasksTests", ["Tasks", "Graph", "Numerics", "DataSets", "DoublePrecision"]),
  ("DataSetsTests", ["DataSets", "Tasks", "CZlib"]),
  ("OptimizersTests", ["Optimizers", "Numerics", "HDF5"]),
  ("OuterTrainingTests", ["OuterTraining", "Tasks", "Optimizers", "Numerics", "CAllocations"]),
  ("AnalysisTests", ["Analysis", "RunSchema", "RunStore"]),
  (
    "ExperimentsTests",
    ["Experiments", "OuterTraining", "Tasks", "Optimizers", "RunSchema", "RunStore", "Numerics", "Fuzzing"]
  ),
  ("ArchitectureTests", []),
  ("EndToEndTests", ["runs", "Experiments", "RunSchema", "RunStore", "HDF5", "CHDF5", "Fuzzing"]),
].map { name, modules in
  // Files that tests read in place are no resources of theirs.
  let inPlace = ["Fixtures", "Corpus"].filter {
    FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/Tests/\(name)/\($0)")
  }
  return .testTarget(
    name: name, dependencies: modules.map { .init(stringLiteral: $0) }, exclude: inPlace,
    swiftSettings: kernelSettings + (name == "EndToEndTests" ? sanitized : []))
}

/// libFuzzer's program, whose main function is libFuzzer's: Tools/fuzz alone asks for it.
let fuzzer: [Target] =
  Context.environment["RUNS_FUZZER"] == nil
  ? []
  : [
    .executableTarget(
      name: "Fuzzer", dependencies: ["Fuzzing"], path: "Tests/Fuzzer",
      swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])])
  ]

let package = Package(
  name: "runs",
  products: [
    .executable(name: "runs", targets: ["runs"]),
    .library(name: "HDF5", targets: ["HDF5"]),
    .library(name: "RunStore", targets: ["RunStore"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Right wing: files, no learning.
    .systemLibrary(
      name: "CHDF5", pkgConfig: "hdf5-serial",
      providers: [.apt(["libhdf5-dev", "zlib1g-dev"]), .brew(["hdf5"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "HDF5", dependencies: ["CHDF5"], swiftSettings: settings),
    .target(name: "CSHA256"),
    .target(name: "RunStore", dependencies: ["HDF5", "CSHA256"], swiftSettings: settings),
    .target(name: "RunSchema", dependencies: ["RunStore"], swiftSettings: settings),
    .target(name: "Analysis", dependencies: ["RunSchema", "RunStore"], swiftSettings: settings),

    // Left wing: pure, no files.
    .target(name: "CVector"),
    .target(name: "Numerics", dependencies: ["CVector"], swiftSettings: kernelSettings),
    .target(name: "Graph", dependencies: ["Numerics"], swiftSettings: kernelSettings),
    .target(name: "Tasks", dependencies: ["Graph", "Numerics"], swiftSettings: kernelSettings),
    .target(name: "Optimizers", dependencies: ["Numerics"], swiftSettings: kernelSettings),
    .target(
      name: "OuterTraining", dependencies: ["Tasks", "Optimizers", "Numerics"], swiftSettings: kernelSettings),

    // The bridge, and the command.
    .target(
      name: "DataSets", dependencies: ["Tasks", "CZlib"], resources: [.copy("Resources")],
      swiftSettings: settings),
    .target(
      name: "Experiments",
      dependencies: [
        "OuterTraining", "Tasks", "Optimizers", "DataSets", "RunSchema", "RunStore", "HDF5", "Numerics", "CVector",
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: settings + sanitized),
    .executableTarget(
      name: "runs",
      dependencies: [
        "Experiments", "Analysis", "RunSchema", "RunStore", "HDF5",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    // What tests count allocations with.
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    // Graphs in double precision: what tests judge kernels and derivatives by.
    .target(
      name: "DoublePrecision", dependencies: ["Graph", "Numerics"], path: "Tests/DoublePrecision",
      swiftSettings: kernelSettings),
    // Readers that are given harmed bytes, by tests and by libFuzzer.
    .target(
      name: "Fuzzing", dependencies: ["Experiments", "RunSchema", "RunStore", "HDF5", "CHDF5"], path: "Tests/Fuzzing",
      swiftSettings: settings),
  ] + tests + fuzzer,
  swiftLanguageModes: [.v6]
)
