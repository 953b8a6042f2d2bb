/// Labelled examples as a value: who made them, and their numbers. Tasks take one; module DataSets reads them from files.
package struct DataSet: Hashable, Sendable {
  package let name: String
  /// Where the examples come from, and under which licence.
  package let source: String
  /// What identifies the content, of the reader's making: two data sets of equal digest have equal examples.
  package let digest: String
  /// The numbers of one example.
  package let width: Int
  package let classCount: Int
  /// Example after example, `width` numbers each.
  package let features: [Float]
  /// The class of each example, in 0 ..< classCount.
  package let labels: [Int32]

  /// The number of examples.
  package var count: Int { labels.count }

  package init(
    name: String, source: String, digest: String, width: Int, classCount: Int, features: [Float], labels: [Int32]
  ) {
    precondition(width > 0 && classCount > 1 && !labels.isEmpty, "data set \(name) is empty")
    precondition(
      features.count == width * labels.count,
      "data set \(name) has \(features.count) numbers for \(labels.count) examples of \(width)")
    precondition(
      labels.allSatisfy { $0 >= 0 && $0 < Int32(classCount) },
      "data set \(name) has a label outside 0 ..< \(classCount)")
    self.name = name
    self.source = source
    self.digest = digest
    self.width = width
    self.classCount = classCount
    self.features = features
    self.labels = labels
  }
}
