import Numerics
import Optimizers
import Testing

/// What must hold for every learned and every hand-designed optimizer.
@Suite struct LawsTests {
  static let layout = Layout([("a", [3, 5]), ("b", [5]), ("c", []), ("d", [2, 3, 2, 4]), ("e", [1])])

  struct Conformer: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let make: @Sendable (Layout) -> any Optimizer
  }

  static let learned: [(name: String, optimizer: any LearnedOptimizer)] = [
    ("MLP", MLPLearnedOptimizer()), ("AdafactorMLP", AdafactorMLPLearnedOptimizer()),
    ("Hierarchical", HierarchicalLearnedOptimizer()),
  ]

  static let all: [Conformer] =
    learned.map { name, optimizer in
      Conformer(testDescription: name) {
        optimizer.optimizer(theta: optimizer.initialTheta(Randomness(key: 1)), for: $0)
      }
    } + [
      Conformer(testDescription: "LearnedMomentum") {
        LearnedMomentum().optimizer(theta: LearnedMomentum().initialTheta(Randomness(key: 1)), for: $0)
      },
      Conformer(testDescription: "SGD") { SGD(learningRate: .constant(0.1)).optimizer(for: $0) },
      Conformer(testDescription: "Momentum") { Momentum(learningRate: .constant(0.1)).optimizer(for: $0) },
      Conformer(testDescription: "RMSProp") { RMSProp(learningRate: .constant(0.1)).optimizer(for: $0) },
      Conformer(testDescription: "Adam") { Adam(learningRate: .constant(0.1)).optimizer(for: $0) },
    ]

  /// Normal numbers, the same for an index.
  static func normals(_ layout: Layout, _ index: Int) -> Tensors {
    var tensors = Tensors(zeros: layout)
    tensors.values.withUnsafeMutableBufferPointer {
      Randomness(key: 2).normals(Address(.initialParameters, particle: index), into: $0)
    }
    return tensors
  }

  /// Parameters and state after the steps of `range`.
  static func run(
    _ optimizer: any Optimizer, _ start: (parameters: Tensors, state: Tensors), _ range: Range<Int>,
    in workspace: Workspace = Workspace(), gradient: (Int) -> Tensors = { normals(layout, 100 + $0) }
  ) -> (parameters: Tensors, state: Tensors) {
    var (parameters, state) = start
    for step in range {
      if step % 3 == 0 { optimizer.observe(validLoss: 1 / Float(step + 1), &state) }
      let observation = Observation(gradient: gradient(step), loss: 2 / Float(step + 1), step: step)
      optimizer.update(&parameters, &state, seeing: observation, in: workspace)
    }
    return (parameters, state)
  }

  @Test(arguments: all)
  func anUpdateIsAFunctionWhateverTheWorkspaceHeldBefore(_ conformer: Conformer) {
    let optimizer = conformer.make(Self.layout)
    let start = (parameters: Self.normals(Self.layout, 0), state: optimizer.initialState())
    let workspace = Workspace()
    workspace.withFloats(100_000) { for i in 0..<100_000 { $0[i] = .nan } }
    let one = Self.run(optimizer, start, 0..<10)
    let other = Self.run(optimizer, start, 0..<10, in: workspace)
    #expect(one.parameters == other.parameters && one.state == other.state)
    #expect(one.parameters != start.parameters && one.parameters.values.allSatisfy(\.isFinite))
  }

  @Test(arguments: all)
  func aStateThatWasWrittenAndReadGoesOnWithTheSameBits(_ conformer: Conformer) {
    let start = (parameters: Self.normals(Self.layout, 0), state: conformer.make(Self.layout).initialState())
    let whole = Self.run(conformer.make(Self.layout), start, 0..<12)
    let half = Self.run(conformer.make(Self.layout), start, 0..<5)
    let read = (
      parameters: Tensors(
        half.parameters.layout, values: half.parameters.values.map { Float(bitPattern: $0.bitPattern) }),
      state: Tensors(half.state.layout, values: half.state.values.map { Float(bitPattern: $0.bitPattern) })
    )
    let resumed = Self.run(conformer.make(Self.layout), read, 5..<12)
    #expect(whole.parameters == resumed.parameters && whole.state == resumed.state)
  }

  @Test(arguments: all)
  func aNaNOrInfiniteGradientDoesNotStopTheProcess(_ conformer: Conformer) {
    for bad in [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude] {
      let optimizer = conformer.make(Self.layout)
      let start = (parameters: Self.normals(Self.layout, 0), state: optimizer.initialState())
      let end = Self.run(optimizer, start, 0..<6) { step in
        var gradient = Self.normals(Self.layout, 100 + step)
        if step == 2 { gradient.values[4] = bad }
        return gradient
      }
      #expect(end.parameters.layout == Self.layout)
    }
  }

  @Test(arguments: all)
  func zeroGradientsAndZeroParametersGiveFiniteSteps(_ conformer: Conformer) {
    let optimizer = conformer.make(Self.layout)
    let start = (parameters: Tensors(zeros: Self.layout), state: optimizer.initialState())
    let end = Self.run(optimizer, start, 0..<4) { _ in Tensors(zeros: Self.layout) }
    #expect(end.parameters.values.allSatisfy(\.isFinite) && end.state.values.allSatisfy(\.isFinite))
  }

  @Test(arguments: all)
  func anEmptyLayoutIsLeftAsItIs(_ conformer: Conformer) {
    let optimizer = conformer.make(Layout())
    let end = Self.run(optimizer, (Tensors(zeros: Layout()), optimizer.initialState()), 0..<2) { _ in
      Tensors(zeros: Layout())
    }
    #expect(end.parameters.values.isEmpty)
  }

  // MARK: Learned optimizers

  @Test func thetaHasTheLibrarysNumberOfParametersAndEveryTensorItsName() {
    #expect(Self.learned.map { $0.optimizer.thetaLayout.count } == [1762, 197, 35_799])
    #expect(
      HierarchicalLearnedOptimizer().foreignNames.map(\.ours)
        == HierarchicalLearnedOptimizer().thetaLayout.slots.map(\.name))
    #expect(MLPLearnedOptimizer().foreignNames.map(\.ours) == MLPLearnedOptimizer().thetaLayout.slots.map(\.name))
    #expect(
      AdafactorMLPLearnedOptimizer().foreignNames.map(\.ours)
        == AdafactorMLPLearnedOptimizer().thetaLayout.slots.map(\.name))
  }

  @Test func initialMatricesHaveTheDeviationOfACutNormal() {
    for (name, optimizer) in Self.learned {
      let theta = optimizer.initialTheta(Randomness(key: 9))
      #expect(theta == optimizer.initialTheta(Randomness(key: 9)))
      for slot in theta.layout.slots where slot.name.hasSuffix("/b") { #expect(theta[slot].allSatisfy { $0 == 0 }) }
      for slot in theta.layout.slots where slot.name.hasSuffix("/w") && slot.count >= 500 {
        let square = theta[slot].reduce(0) { $0 + $1 * $1 } / Float(slot.count)
        let expected = 0.8796 / Float(slot.shape[0]).squareRoot()
        #expect(abs(square.squareRoot() / expected - 1) < 0.08, "\(name) \(slot.name)")
      }
    }
  }

  /// Spec §9.4: where theta is 0 but for the output biases (d, a), every parameter moves by s d exp(r a).
  @Test func biasesAloneGiveTheClosedForm() {
    for (name, optimizer) in Self.learned {
      var theta = Tensors(zeros: optimizer.thetaLayout)
      let bias = theta.layout["network/2/b"]!
      theta.values[bias.offset] = 0.75
      theta.values[bias.offset + 1] = -300
      let step = 0.001 * 0.75 * Elementary.exp(Float(0.001 * -300))
      let rule = optimizer.optimizer(theta: theta, for: Self.layout)
      let start = Self.normals(Self.layout, 0)
      let end = Self.run(rule, (start, rule.initialState()), 0..<1).parameters
      for (a, b) in zip(start.values, end.values) {
        #expect(abs(a - b - step) <= 2 * max(a.ulp, b.ulp), "\(name)")
      }
      let zero = optimizer.optimizer(theta: Tensors(zeros: optimizer.thetaLayout), for: Self.layout)
      #expect(Self.run(zero, (start, zero.initialState()), 0..<3).parameters == start, "\(name)")
    }
  }

  @Test func aTensorsElementsDoNotDependOnWhatLiesBehindIt() {
    // One tensor moves with the same bits whatever follows it, for optimizers whose tensors do not talk.
    for (name, optimizer) in Self.learned where name != "Hierarchical" {
      let theta = optimizer.initialTheta(Randomness(key: 4))
      for length in 1...40 {
        let alone = Layout([("x", [length])])
        let followed = Layout([("x", [length]), ("y", [7])])
        func end(_ layout: Layout) -> ArraySlice<Float> {
          func first(_ index: Int) -> Tensors {
            var tensors = Tensors(zeros: layout)
            tensors["x"] = Self.normals(alone, index)["x"]
            if layout["y"] != nil { tensors["y"] = [.nan, 1, 1e30, .nan, -1e30, .infinity, 2] }
            return tensors
          }
          let rule = optimizer.optimizer(theta: theta, for: layout)
          return Self.run(rule, (first(0), rule.initialState()), 0..<3) { first(1 + $0) }.parameters["x"]
        }
        #expect(end(alone).map(\.bitPattern) == end(followed).map(\.bitPattern), "\(name) \(length)")
      }
    }
  }

  @Test func theLearnedClipStartsWithTheBitsOfTheFixedOne() throws {
    var configuration = HierarchicalConfiguration()
    configuration.gradientClip = .learned
    let fixed = HierarchicalLearnedOptimizer()
    let learned = try HierarchicalLearnedOptimizer(configuration)
    #expect(learned.thetaLayout.count == 35_801)
    let randomness = Randomness(key: 8)
    let one = fixed.optimizer(theta: fixed.initialTheta(randomness), for: Self.layout)
    let other = learned.optimizer(theta: learned.initialTheta(randomness), for: Self.layout)
    let start = Self.normals(Self.layout, 0)
    func gradient(_ step: Int) -> Tensors {
      var gradient = Self.normals(Self.layout, 100 + step)
      for i in gradient.values.indices { gradient.values[i] *= step == 4 ? 1000 : 1 }
      return gradient
    }
    let a = Self.run(one, (start, one.initialState()), 0..<8, gradient: gradient)
    let b = Self.run(other, (start, other.initialState()), 0..<8, gradient: gradient)
    #expect(a.parameters == b.parameters && a.state == b.state)

    var theta = learned.initialTheta(randomness)
    theta["gradient_clip/log_multiplier"] = [-2]
    let tighter = learned.optimizer(theta: theta, for: Self.layout)
    let c = Self.run(tighter, (start, tighter.initialState()), 0..<8, gradient: gradient)
    #expect(a.parameters != c.parameters)
  }

  @Test func configurationsOutsideTheirRangesAreRefused() {
    var hierarchical = HierarchicalConfiguration()
    hierarchical.lstmHiddenSize = 20
    #expect(throws: OptimizersError.self) { try HierarchicalLearnedOptimizer(hierarchical) }
    hierarchical = HierarchicalConfiguration()
    hierarchical.decays = [0.5, 1]
    #expect(throws: OptimizersError.self) { try HierarchicalLearnedOptimizer(hierarchical) }
    hierarchical = HierarchicalConfiguration()
    hierarchical.olderParameters = .lag(steps: 0)
    #expect(throws: OptimizersError.self) { try HierarchicalLearnedOptimizer(hierarchical) }
    var mlp = MLPLearnedOptimizer.Configuration()
    mlp.stepMultiplier = .nan
    #expect(throws: OptimizersError.self) { try MLPLearnedOptimizer(mlp) }
    var adafactor = AdafactorMLPLearnedOptimizer.Configuration()
    adafactor.factoredDecays = [0.9]
    #expect(throws: OptimizersError.self) { try AdafactorMLPLearnedOptimizer(adafactor) }
  }
}
