import Analysis
import ArgumentParser
import Experiments
import HDF5
import RunStore

/// The exit codes of the command line's contract: the codes of sysexits.h, and 1 for a check that did not hold.
enum ExitStatus: Int32 {
  case checkFailed = 1
  case usage = 64
  case badData = 65
  case noInput = 66
  case cannotCreate = 73
  case ioFailed = 74
  case busy = 75
  case unfit = 78
  case interrupted = 130
  case terminated = 143
}

/// An error as the person at the terminal gets it: a code, and a line that says what, where and what to do next.
struct Complaint: Error {
  let code: ExitStatus
  let message: String

  init(_ code: ExitStatus, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Every error of this project has its words and its code here; nil for those that the argument parser prints itself.
  init?(_ error: any Error) {
    switch error {
    case let complaint as Complaint: self = complaint
    case let error as RecipeError: self.init(error.code == .notFound ? .noInput : .badData, error.description)
    case let error as StoreError: self.init(ExitStatus(error.code), error.description)
    case let error as HDF5Error: self.init(error.code == .noSuchFile ? .noInput : .badData, error.description)
    case let error as ExperimentError: self.init(ExitStatus(error.code), error.description)
    case let error as ForeignFileError: self.init(ExitStatus(error.code), error.description)
    case let error as FilterError: self.init(.usage, error.description)
    case let error as RunListError: self.init(.usage, error.description)
    case let error as AnalysisError: self.init(ExitStatus(error.code), error.description)
    default: return nil
    }
  }
}

extension ExitStatus {
  init(_ code: StoreError.Code) {
    self =
      switch code {
      case .usage: .usage
      case .busy: .busy
      case .damaged: .badData
      case .notFound: .noInput
      case .ambiguous: .usage
      case .cannotCreate, .readOnly: .cannotCreate
      case .io, .diskFull, .stopped: .ioFailed
      case .differs: .checkFailed
      case .newerSchema: .unfit
      }
  }

  init(_ code: ForeignFileError.Code) {
    self =
      switch code {
      case .noSuchFile: .noInput
      case .refused: .badData
      case .unfit: .unfit
      }
  }

  init(_ code: ExperimentError.Code) {
    self =
      switch code {
      case .usage: .usage
      case .malformed: .badData
      case .notFound: .noInput
      case .unfit: .unfit
      case .checkFailed: .checkFailed
      case .cannotCreate: .cannotCreate
      case .ioFailed: .ioFailed
      }
  }

  init(_ code: AnalysisError.Code) {
    self =
      switch code {
      case .usage: .usage
      case .malformed: .badData
      case .notFound: .noInput
      }
  }
}
