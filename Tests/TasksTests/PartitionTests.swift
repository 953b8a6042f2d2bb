import DataSets
import Numerics
import Tasks
import Testing

struct PartitionTests {
  @Test(arguments: [20, 100, 1797])
  func splitsAreDisjointAndCoverAll(_ count: Int) {
    let partition = Partition(count: count, seed: 9)
    let all = Split.allCases.flatMap { partition[$0] }
    #expect(all.count == count)
    #expect(Set(all) == Set((0..<count).map { Int32($0) }))
    #expect(partition[.innerValid].count == Int(0.1 * Double(count)))
    #expect(partition[.outerValid].count == Int(0.15 * Double(count)))
    #expect(partition[.test].count == Int(0.15 * Double(count)))
  }

  @Test func aPartitionIsAFunctionOfItsSeed() {
    #expect(Partition(count: 300, seed: 1) == Partition(count: 300, seed: 1))
    #expect(Partition(count: 300, seed: 1) != Partition(count: 300, seed: 2))
  }

  @Test func aBatchHoldsExamplesOfItsSplitOnly() {
    let partition = Partition(count: 100, seed: 4)
    for split in Split.allCases {
      let pool = Set(partition[split].map(Int.init))
      var drawn: Set<Int> = []
      for index in 0..<100 {
        partition.forEachExample(of: Batch(split, index), count: 7, seed: 11) { drawn.insert($1) }
      }
      // 700 draws of at most 60 examples miss one of them once in 2,000 times.
      #expect(drawn == pool)
    }
  }

  @Test func aBatchesPositionsAreFilledInOrderWhateverItsSize() {
    let partition = Partition(count: 100, seed: 4)
    func examples(_ count: Int) -> [Int] {
      var result: [Int] = []
      partition.forEachExample(of: Batch(.train, 5), count: count, seed: 11) { position, example in
        #expect(position == result.count)
        result.append(example)
      }
      return result
    }
    for count in 1..<20 { #expect(examples(count) == Array(examples(20)[..<count])) }
  }

  @Test func drawsOfOneFamilyShareTheirTestExamples() throws {
    let family = MLPClassifierFamily(dataSet: try Digits.load(from: Resources.bundled()))
    let tasks = (0..<3).map { family.task(seed: UInt64($0)) as? MLPClassifierTask }
    #expect(tasks.allSatisfy { $0?.family.partition == family.partition })
  }

  @Test func digitsStartNearTheLossOfEqualLogits() throws {
    let family = MLPClassifierFamily(dataSet: try Digits.load(from: Resources.bundled()))
    let workspace = Workspace()
    for seed in 0..<10 {
      let task = family.task(seed: UInt64(seed))
      let loss = task.loss(task.initialParameters(), on: Batch(.train, 0), in: workspace)
      #expect(loss > 2 && loss < 3, "log 10 is 2.303, the loss \(loss)")
    }
  }

  @Test func digitsAreLearnedByDescent() throws {
    let family = MLPClassifierFamily(dataSet: try Digits.load(from: Resources.bundled()))
    let task = family.task(seed: 1)
    let workspace = Workspace()
    var w = task.initialParameters()
    var gradient = Tensors(zeros: task.parameters)
    for step in 0..<300 {
      _ = task.loss(w, on: Batch(.train, step), gradient: &gradient, in: workspace)
      for i in w.values.indices { w.values[i] -= 0.5 * gradient.values[i] }
    }
    // 95 % of the examples right would leave a loss of about 0.2.
    #expect(task.loss(w, on: Batch(.test, 0), in: workspace) < 0.3)
  }
}
