/// Where the pixels of TaskSet's image tasks come from: what each name that a configuration may draw stands for.
package struct TaskSetImageSource: Hashable, Sendable {
  private let named: [TaskSet.ImageDataSet.Name: TaskSetImages]
  /// In the place of every other name; nil where configurations that draw one are left out.
  private let standIn: TaskSetImages?

  package init(named: [TaskSet.ImageDataSet.Name: TaskSetImages], standIn: TaskSetImages?) {
    self.named = named
    self.standIn = standIn
  }

  /// The data sets by the names that configurations ask for; those that ask for others are left out.
  package static func named(_ images: [TaskSet.ImageDataSet.Name: TaskSetImages]) -> TaskSetImageSource {
    TaskSetImageSource(named: images, standIn: nil)
  }

  /// One data set in the place of every name: the networks and batch sizes are TaskSet's, the images are not.
  package static func standIn(_ images: TaskSetImages) -> TaskSetImageSource {
    TaskSetImageSource(named: [:], standIn: images)
  }

  func images(for name: TaskSet.ImageDataSet.Name) -> TaskSetImages? { named[name] ?? standIn }

  /// As families on it call it: "digits", "fashion_mnist, mnist", "mnist, else digits".
  var name: String {
    let names = named.keys.map(\.rawValue).sorted().joined(separator: ", ")
    guard let standIn else { return names }
    return names.isEmpty ? standIn.dataSet.name : names + ", else " + standIn.dataSet.name
  }
}
